/**
 * A worker in a process of its own: `node child.ts <filename> <folder> <die after>`. While it holds an item, a file in
 * the folder with the name of the item's lane says so. It says what it finished, and what it finds wrong; it ends when
 * nothing is left to do, or by SIGKILL in the middle of the work, after it has finished so many items.
 */
import { type LeasedWork, WorkStores } from "@reventless/core/WorkStore"
import { SqlitePlatform } from "@reventless/sqlite"
import * as Clock from "effect/Clock"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import * as path from "node:path"
import { later, lease, limit, queue } from "./plan.ts"

const [filename = "", folder = "", dieAfter = ""] = process.argv.slice(2)

const isAlive = (pid: number): boolean => {
  try {
    return process.kill(pid, 0)
  } catch {
    return false
  }
}

/** Says that this process holds the lane; who else holds it meanwhile, if anybody living does. */
const hold = (lane: string): number | undefined => {
  const marker = path.join(folder, lane)
  try {
    fs.writeFileSync(marker, `${process.pid}`, { flag: "wx" })
    return undefined
  } catch {
    const other = Number(fs.readFileSync(marker, "utf8"))
    fs.writeFileSync(marker, `${process.pid}`)
    return isAlive(other) ? other : undefined
  }
}

/** The time, which is ahead by a lease once that is asked for. */
const clockNow = Effect.map(
  Clock.currentTimeMillis,
  (now) => fs.existsSync(path.join(folder, later)) ? now + lease : now
)

const work = Effect.gen(function*() {
  const store = yield* (yield* WorkStores).of("Shop")
  let finished = 0

  const doOne = Effect.fnUntraced(function*(item: LeasedWork) {
    if (finished === Number(dieAfter)) process.kill(process.pid, "SIGKILL")
    yield* Effect.sleep(2)
    fs.rmSync(path.join(folder, item.lane))
    const outcome = process.pid
    const held = yield* store.finish(queue, item, { _tag: "Done", outcome }, yield* clockNow)
    if (!held) yield* Console.log(`wrong: ${item.id} was taken away`)
    finished++
    yield* Console.log(`done: ${item.id}`)
  })

  yield* Console.log("ready")
  while (true) {
    const changed = yield* store.changed
    const now = yield* clockNow
    const items = yield* store.take(queue, { now, lease, limit })
    for (const { id, lane } of items) {
      const other = hold(lane)
      if (other !== undefined) yield* Console.log(`wrong: ${id} is at the same time in the hands of ${other}`)
    }
    yield* Effect.forEach(items, doOne, { discard: true })
    if (items.length > 0) continue
    const next = yield* store.next(queue)
    if (next === undefined) break
    yield* Effect.raceFirst(changed, Effect.sleep(Math.min(50, Math.max(1, next - now))))
  }
})

await Effect.runPromise(
  Effect.scoped(Effect.provide(work, SqlitePlatform.layer({ filename, synchronous: "NORMAL" })))
)

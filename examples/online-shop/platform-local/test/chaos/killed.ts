/** The first part of a run: processes work and are killed, while customers order and pay. */
import { setTimeout as sleep } from "node:timers/promises"
import { type PluginName, pluginNames } from "../../src/Shop.ts"
import type { Child } from "./children.ts"
import * as Children from "./children.ts"
import { enter, go, register } from "./customers.ts"
import type { World } from "./world.ts"

export interface Options {
  readonly file: string
  /** Where compiled modules are kept. */
  readonly cache: string
  readonly kills: number
  readonly world: World
  readonly violations: Array<string>
  /** Told after each kill. */
  readonly progress: (kill: number) => void
}

/** By how much the clock of each process is ahead of that before it: longer than a lease. */
export const leap = 11_000

const kill = async (child: Child, what: string, violations: Array<string>) => {
  const ended = await child.kill()
  if (ended !== "SIGKILL") violations.push(`${what}: the process ended by itself (${ended})`)
}

/** The whole shop in a process of its own, one after the other. Answers by how much the clock of the next one is ahead. */
export const whole = async ({ cache, file, kills, progress, violations, world }: Options): Promise<number> => {
  const { customers, nextList, random, stock, wish, wishes } = world
  let ahead = 0
  let spare = kills > 0 ? Children.start(file, cache) : undefined
  for (let round = 1; round <= kills && violations.length === 0; round++) {
    const child = spare!
    spare = round < kills ? Children.start(file, cache) : undefined
    const door = await enter(await child.open({ ahead, ...nextList() }), ahead)
    if (round === 1) { for (const customer of customers) await register(door, customer) }
    for (let count = 0; count < 12; count++) wish()
    const end = { isHere: false }
    const going = go(door, wishes, stock, end).catch((error: unknown) => {
      violations.push(`kill ${round}: ${error}`)
    })
    await sleep(10 + random() * 600)
    end.isHere = true
    await kill(child, `kill ${round}`, violations)
    await going
    ahead += leap
    progress(round)
  }
  return ahead
}

/**
 * Each plugin in a process of its own, all at once; each time one of them is killed and another takes its place while the
 * others go on. Answers by how much the clock of those that come after is ahead.
 */
export const apart = async ({ cache, file, kills, progress, violations, world }: Options): Promise<number> => {
  const { customers, nextList, random, stock, wish, wishes } = world
  const running = new Map<PluginName, { readonly child: Child; readonly url: string }>()
  const open = async (name: PluginName) => {
    const child = Children.start(file, cache, name)
    const url = await child.open({ ahead: 0, ...(name === "catalog" ? nextList() : {}) })
    running.set(name, { child, url })
  }
  await Promise.all(pluginNames.map(open))
  const atCustomers = await enter(running.get("customers")!.url, 0)
  for (const customer of customers) await register(atCustomers, customer)
  for (let round = 1; round <= kills && violations.length === 0; round++) {
    const name = pluginNames[(round + Math.floor(random() * 2)) % pluginNames.length]!
    const door = await enter(running.get("ordering")!.url, 0)
    for (let count = 0; count < 12; count++) wish()
    const end = { isHere: false }
    const going = go(door, wishes, stock, end).catch((error: unknown) => {
      violations.push(`kill ${round}, of ${name}: ${error}`)
    })
    await sleep(10 + random() * 600)
    if (name === "ordering") end.isHere = true
    await kill(running.get(name)!.child, `kill ${round}, of ${name}`, violations)
    await open(name)
    end.isHere = true
    await going
    progress(round)
  }
  for (const [name, { child }] of running) await kill(child, `the end of ${name}`, violations)
  return leap
}

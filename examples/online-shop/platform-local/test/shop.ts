/** Runs the shop as a process of its own, as `pnpm demo` does. */
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as HttpClient from "effect/http/HttpClient"
import * as ChildProcess from "effect/process/ChildProcess"
import * as Stream from "effect/Stream"
import * as SubscriptionRef from "effect/SubscriptionRef"
import { fileURLToPath } from "node:url"

/** What `pnpm demo` runs. */
export const main = fileURLToPath(new URL("../src/main.ts", import.meta.url))

/** What `npx reventless` runs. */
export const cli = fileURLToPath(new URL("../../../../packages/cli/src/bin/reventless.ts", import.meta.url))

/** Starts the shop in a folder; it is stopped with the scope. */
export const start = Effect.fnUntraced(function*(cwd: string, ...flags: ReadonlyArray<string>) {
  const shop = yield* ChildProcess.make(process.execPath, [
    main,
    ...(flags.includes("--port") ? [] : ["--port", "0"]),
    ...flags
  ], { cwd })
  const output = yield* SubscriptionRef.make("")
  const printing = yield* Effect.forkScoped(
    Stream.runForEach(Stream.decodeText(shop.all), (text) => SubscriptionRef.update(output, (all) => all + text))
  )
  const says = (text: string) =>
    SubscriptionRef.changes(output).pipe(Stream.filter((all) => all.includes(text)), Stream.runHead)
  return {
    /** Waits until the text is printed. */
    says,
    /** Waits until the shop is open; answers everything printed. */
    opened: Effect.andThen(says("Ctrl-C"), SubscriptionRef.get(output)),
    printed: SubscriptionRef.get(output),
    /** Ends the shop at once, as a power cut would. */
    kill: Effect.ignore(shop.kill({ killSignal: "SIGKILL" })),
    /** Presses Ctrl-C and waits until the shop has ended; answers its exit code. */
    interrupt: Effect.andThen(shop.kill({ killSignal: "SIGINT" }), shop.exitCode),
    /** Waits until the shop ends by itself; answers its exit code and everything it printed. */
    ended: Effect.gen(function*() {
      const code = yield* shop.exitCode
      yield* Fiber.await(printing)
      return { code, output: yield* SubscriptionRef.get(output) }
    })
  }
})

/** The address in what a shop printed. */
export const urlIn = (printed: string): string => /http:\/\/[\d.]+:\d+/.exec(printed)![0]

/** The token that a shop printed for somebody. */
export const tokenIn = (printed: string, who: "ada" | "manager"): string =>
  new RegExp(`^ *${who}=(\\S+)$`, "m").exec(printed)![1]!

/** The rows of every view, and the line that tells how much there is. */
export const contents = Effect.fnUntraced(function*(printed: string) {
  const views = [
    ...["Categories", "Products", "ProductsByCategory", "LivePrices", "Stock"].map((view) => `catalog/views/${view}`),
    ...["Orders", "Offers"].map((view) => `ordering/views/${view}`),
    "customers/views/Accounts",
    "shipping/views/Parcels"
  ]
  const rows = yield* Effect.forEach(
    views,
    (view) =>
      Effect.flatMap(
        HttpClient.get(`${urlIn(printed)}/${view}?limit=1000`, {
          headers: { authorization: `Bearer ${tokenIn(printed, "manager")}` }
        }),
        ({ json }) => json as Effect.Effect<{ readonly rows: ReadonlyArray<unknown> }>
      )
  )
  return { rows: rows.map((page) => page.rows), summary: /Online shop .*/.exec(printed)![0] }
})

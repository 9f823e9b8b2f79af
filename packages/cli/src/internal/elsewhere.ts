import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Output from "./output.ts"
import * as Server from "./server.ts"

const Health = Schema.Struct({ plugins: Schema.Array(Schema.Struct({ name: Schema.String })) })

/** The plugins of the process that answers, and those that run in other processes only. */
export const plugins = Effect.gen(function*() {
  const here = (yield* Server.get("/health", Health)).plugins.map(({ name }) => name)
  const { plugins } = yield* Server.get("/ops/plugins", OperationsApi.Plugins)
  const elsewhere = plugins.flatMap(({ plugin, versions }) =>
    !here.includes(plugin) && versions.some(({ instances }) => instances.length > 0) ? [plugin as string] : []
  )
  return { here, elsewhere }
}).pipe(Effect.orElseSucceed(() => ({ here: [] as ReadonlyArray<string>, elsewhere: [] as ReadonlyArray<string> })))

/** Says beside a list which plugins run in other processes: a sentence to people, `{"elsewhere":["Fines"]}` to programs. */
export const say = Effect.fnUntraced(function*(names: ReadonlyArray<string>) {
  if (names.length === 0) return
  const text = (yield* Output.isForPeople)
    ? `${sentence(names)}: ask there, with --url.`
    : JSON.stringify({ elsewhere: names })
  yield* Console.error(text)
})

/** `Fines runs in another process`; `Fines, Loans run in other processes`. */
export const sentence = (names: ReadonlyArray<string>): string =>
  `${names.join(", ")} ${names.length === 1 ? "runs in another process" : "run in other processes"}`

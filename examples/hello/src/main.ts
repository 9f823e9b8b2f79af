/** A guest book: a command with a rule, a view, a file, and HTTP. Run it with `node examples/hello/src/main.ts`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Access from "@reventless/core/Access"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Platform from "@reventless/core/Platform"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as HttpServer from "@reventless/http/HttpServer"
import * as SqlitePlatform from "@reventless/sqlite/SqlitePlatform"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Schema from "effect/Schema"

const GuestId = Id.make("guest")
const entry = { guestId: GuestId, message: Schema.NonEmptyString }

class GuestSigned extends Event.make("GuestSigned", entry) {}
class AlreadySigned extends Schema.TaggedError<AlreadySigned>()("AlreadySigned", { guestId: GuestId }) {}

class Sign extends StateChangeSlice.make("Sign", {
  command: entry,
  consumes: [GuestSigned],
  produces: [GuestSigned],
  errors: [AlreadySigned]
}) {}
const SignLive = Sign.behavior({
  initial: { signed: false },
  evolve: { GuestSigned: () => ({ signed: true }) },
  decide: (command, { signed }) =>
    signed ? Effect.fail(new AlreadySigned(command)) : Effect.succeed([GuestSigned.make(command)])
})

class GuestBook extends StateViewSlice.make("GuestBook", { row: entry, key: "guestId", consumes: [GuestSigned] }) {}
const GuestBookLive = GuestBook.projection((rows) => ({ GuestSigned: (signed) => rows.set(signed) }))

const Hello = Plugin.make("Hello", {
  version: "1.0.0",
  stateChangeSlices: [SignLive],
  stateViewSlices: [GuestBookLive]
})

HttpServer.layer({ port: Number(process.env["PORT"] ?? 4000) }).pipe(
  Layer.provide(Platform.layer({ version: "1.0.0", plugins: [Hello], defaultAccess: Access.anyone })),
  Layer.provide(SqlitePlatform.layer({ filename: "hello.db" })),
  Layer.launch,
  NodeRuntime.runMain
)

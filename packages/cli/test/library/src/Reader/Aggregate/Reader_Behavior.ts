import * as Effect from "effect/Effect"
import { Reader, ReaderJoined } from "./Reader.ts"

export const ReaderLive = Reader.behavior({
  initial: false,
  evolve: { ReaderJoined: () => true },
  decide: { JoinLibrary: (command, isReader) => Effect.succeed(isReader ? [] : [ReaderJoined.make(command)]) }
})

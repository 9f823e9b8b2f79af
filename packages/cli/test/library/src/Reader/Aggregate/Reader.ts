import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"

export const ReaderId = Id.make("reader")

export class ReaderJoined extends Event.make("ReaderJoined", { readerId: ReaderId }) {}

export class Reader extends Aggregate.make("Reader", {
  id: ReaderId,
  commands: [Command.make("JoinLibrary", { readerId: ReaderId })],
  events: [ReaderJoined]
}) {}

// #region definition
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const WorkshopId = Id.make("workshop")
const workshop = { workshopId: WorkshopId }

export class WorkshopAnnounced extends Event.make("WorkshopAnnounced", {
  ...workshop,
  title: Schema.String,
  seats: Schema.Int
}) {}
export class WorkshopRenamed extends Event.make("WorkshopRenamed", { ...workshop, title: Schema.String }) {}

export class WorkshopExists extends Schema.TaggedError<WorkshopExists>()("WorkshopExists", workshop) {}
export class WorkshopUnknown extends Schema.TaggedError<WorkshopUnknown>()("WorkshopUnknown", workshop) {}

export class Workshop extends Aggregate.make("Workshop", {
  id: WorkshopId,
  commands: [
    Command.make("Announce", { ...workshop, title: Schema.NonEmptyString, seats: Schema.Int }, {
      errors: [WorkshopExists]
    }),
    Command.make("Rename", { ...workshop, title: Schema.NonEmptyString }, { errors: [WorkshopUnknown] })
  ],
  events: [WorkshopAnnounced, WorkshopRenamed]
}) {}
// #endregion definition

// #region behaviour
export const WorkshopLive = Workshop.behavior({
  initial: { title: undefined } as { readonly title: string | undefined },
  evolve: {
    WorkshopAnnounced: (_, { title }) => ({ title }),
    WorkshopRenamed: (_, { title }) => ({ title })
  },
  decide: {
    Announce: (command, { title }) =>
      title === undefined
        ? Effect.succeed([WorkshopAnnounced.make(command)])
        : Effect.fail(new WorkshopExists(command)),
    Rename: (command, { title }) => {
      if (title === undefined) return Effect.fail(new WorkshopUnknown(command))
      return Effect.succeed(title === command.title ? [] : [WorkshopRenamed.make(command)])
    }
  }
})
// #endregion behaviour

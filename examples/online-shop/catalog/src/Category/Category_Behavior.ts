import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  Category,
  CategoryArchived,
  CategoryCreated,
  CategoryExists,
  CategoryIsArchived,
  CategoryRenamed,
  CategoryUnknown
} from "./Category.ts"

const State = Schema.TaggedUnion({ Unknown: {}, Open: { name: Schema.String }, Archived: {} })
type State = typeof State.Type

export const CategoryLive = Category.behavior({
  initial: { _tag: "Unknown" } as State,
  evolve: {
    CategoryCreated: (_, { name }) => ({ _tag: "Open", name }),
    CategoryRenamed: (_, { name }) => ({ _tag: "Open", name }),
    CategoryArchived: () => ({ _tag: "Archived" })
  },
  decide: {
    CreateCategory: (command, category) =>
      category._tag === "Unknown"
        ? Effect.succeed([CategoryCreated.make(command)])
        : Effect.fail(new CategoryExists(command)),
    RenameCategory: (command, category) => {
      switch (category._tag) {
        case "Unknown":
          return Effect.fail(new CategoryUnknown(command))
        case "Archived":
          return Effect.fail(new CategoryIsArchived(command))
        case "Open":
          return Effect.succeed(category.name === command.name ? [] : [CategoryRenamed.make(command)])
      }
    },
    ArchiveCategory: (command, category) => {
      switch (category._tag) {
        case "Unknown":
          return Effect.fail(new CategoryUnknown(command))
        case "Archived":
          return Effect.succeed([])
        case "Open":
          return Effect.succeed([CategoryArchived.make(command)])
      }
    }
  },
  snapshots: { every: 100, version: 1, state: State }
})

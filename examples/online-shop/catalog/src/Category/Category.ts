/** An aggregate, because everything that happens to a category is decided by that category alone. */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import { CategoryId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"
import * as CatalogAccess from "../CatalogAccess.ts"

export class CategoryCreated extends Event.make("CategoryCreated", { categoryId: CategoryId, name: Schema.String }) {}
export class CategoryRenamed extends Event.make("CategoryRenamed", { categoryId: CategoryId, name: Schema.String }) {}
export class CategoryArchived extends Event.make("CategoryArchived", { categoryId: CategoryId }) {}

export class CategoryExists extends Schema.TaggedError<CategoryExists>()("CategoryExists", { categoryId: CategoryId }) {
  override get message(): string {
    return `The category '${this.categoryId}' exists already.`
  }
}

export class CategoryUnknown
  extends Schema.TaggedError<CategoryUnknown>()("CategoryUnknown", { categoryId: CategoryId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no category '${this.categoryId}'. Create it first.`
  }
}

export class CategoryIsArchived
  extends Schema.TaggedError<CategoryIsArchived>()("CategoryIsArchived", { categoryId: CategoryId })
{
  override get message(): string {
    return `The category '${this.categoryId}' is archived and takes no changes.`
  }
}

export class Category extends Aggregate.make("Category", {
  id: CategoryId,
  commands: [
    Command.make("CreateCategory", { categoryId: CategoryId, name: Schema.NonEmptyString }, {
      errors: [CategoryExists],
      access: CatalogAccess.write,
      description: "Opens a new category."
    }),
    Command.make("RenameCategory", { categoryId: CategoryId, name: Schema.NonEmptyString }, {
      errors: [CategoryUnknown, CategoryIsArchived],
      access: CatalogAccess.write,
      description: "Gives a category another name."
    }),
    Command.make("ArchiveCategory", { categoryId: CategoryId }, {
      errors: [CategoryUnknown],
      access: CatalogAccess.write,
      description: "Closes a category to new products; those in it stay on sale."
    })
  ],
  events: [CategoryCreated, CategoryRenamed, CategoryArchived]
}) {}

import { describe, it } from "@effect/vitest"
import {
  Category,
  CategoryArchived,
  CategoryExists,
  CategoryIsArchived,
  CategoryRenamed,
  CategoryUnknown
} from "@reventless/example-catalog/Category/Category"
import { CategoryLive } from "@reventless/example-catalog/Category/Category_Behavior"
import * as Spec from "@reventless/testing/Spec"
import { gifts, giftsArchived, giftsCreated } from "./fixtures.ts"

const { ArchiveCategory, CreateCategory, RenameCategory } = Category.commands

describe("a category", () => {
  it.effect("is created", () =>
    Spec.given(CategoryLive, [])
      .when(CreateCategory, { categoryId: gifts, name: "Gifts" })
      .then([giftsCreated]))

  it.effect("is created once", () =>
    Spec.given(CategoryLive, [giftsCreated])
      .when(CreateCategory, { categoryId: gifts, name: "Presents" })
      .thenFails(new CategoryExists({ categoryId: gifts })))

  it.effect("is not created again after it was archived", () =>
    Spec.given(CategoryLive, [giftsCreated, giftsArchived])
      .when(CreateCategory, { categoryId: gifts, name: "Gifts" })
      .thenFails(CategoryExists))

  it.effect("is renamed", () =>
    Spec.given(CategoryLive, [giftsCreated])
      .when(RenameCategory, { categoryId: gifts, name: "Presents" })
      .then([CategoryRenamed.make({ categoryId: gifts, name: "Presents" })]))

  it.effect("doesn't change when it is renamed to the name it has", () =>
    Spec.given(CategoryLive, [giftsCreated, CategoryRenamed.make({ categoryId: gifts, name: "Presents" })])
      .when(RenameCategory, { categoryId: gifts, name: "Presents" })
      .thenNothing)

  it.effect("is archived", () =>
    Spec.given(CategoryLive, [giftsCreated])
      .when(ArchiveCategory, { categoryId: gifts })
      .then([CategoryArchived.make({ categoryId: gifts })]))

  it.effect("stays archived when it is archived again", () =>
    Spec.given(CategoryLive, [giftsCreated, giftsArchived])
      .when(ArchiveCategory, { categoryId: gifts })
      .thenNothing)

  it.effect("can't be renamed after it was archived", () =>
    Spec.given(CategoryLive, [giftsCreated, giftsArchived])
      .when(RenameCategory, { categoryId: gifts, name: "Presents" })
      .thenFails(CategoryIsArchived))

  it.effect("that doesn't exist can't be renamed", () =>
    Spec.given(CategoryLive, [])
      .when(RenameCategory, { categoryId: gifts, name: "Presents" })
      .thenFails(CategoryUnknown))

  it.effect("that doesn't exist can't be archived", () =>
    Spec.given(CategoryLive, [])
      .when(ArchiveCategory, { categoryId: gifts })
      .thenFails(CategoryUnknown))
})

import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import * as PackageVersion from "@reventless/core/PackageVersion"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"

const tree = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const root = yield* fs.makeTempDirectoryScoped()
  const inner = path.join(root, "app", "src")
  yield* fs.makeDirectory(inner, { recursive: true })
  const write = (folder: string, text: string) => fs.writeFileString(path.join(root, folder, "package.json"), text)
  return { inner, write }
})

describe("the version of an application", () => {
  it.effect("is that of the nearest package.json that has one", () =>
    Effect.gen(function*() {
      const { inner, write } = yield* tree
      yield* write(".", `{"version":"1.2.3"}`)
      yield* write("app", `{"private":true}`)
      assert.strictEqual(yield* PackageVersion.fromDirectory(inner), "1.2.3")
      yield* write("app", `{"version":"2.0.0"}`)
      assert.strictEqual(yield* PackageVersion.fromDirectory(inner), "2.0.0")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))

  it.effect("is a typed failure that names the file where it can't be read", () =>
    Effect.gen(function*() {
      const { inner, write } = yield* tree
      yield* write("app", "{")
      const error = yield* Effect.flip(PackageVersion.fromDirectory(inner))
      assert.strictEqual(error._tag, "PackageVersionMissing")
      assert.include(error.message, "package.json")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})

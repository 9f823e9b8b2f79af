import * as NodeServices from "@effect/platform-node/NodeServices"
import { assert, describe, it } from "@effect/vitest"
import { ObjectStore, ObjectStoreError, type ObjectStoreShape } from "@reventless/core/ObjectStore"
import * as ObjectStoreFolder from "@reventless/core/ObjectStoreFolder"
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import * as Effect from "effect/Effect"
import * as Fiber from "effect/Fiber"
import * as FileSystem from "effect/FileSystem"
import * as Stream from "effect/Stream"
import { TestClock } from "effect/testing"
import * as nodePath from "node:path"

const listed = (objects: ObjectStoreShape, prefix = "") =>
  Effect.map(Stream.runCollect(objects.list(prefix)), (found) => found.toSorted((a, b) => a.key < b.key ? -1 : 1))

const keys = (objects: ObjectStoreShape, prefix = "") =>
  Effect.map(listed(objects, prefix), (found) => found.map(({ key }) => key))

const newFolder = Effect.gen(function*() {
  const fs = yield* FileSystem.FileSystem
  return yield* fs.realPath(yield* fs.makeTempDirectoryScoped())
})

const inFolder = Effect.gen(function*() {
  const folder = nodePath.join(yield* newFolder, "objects")
  const fs = yield* FileSystem.FileSystem
  const objects = yield* ObjectStoreFolder.make({ folder })
  /** Writes as others do: in place. */
  const write = (key: string, text: string) =>
    Effect.gen(function*() {
      const file = nodePath.join(folder, key)
      yield* fs.makeDirectory(nodePath.dirname(file), { recursive: true })
      yield* fs.writeFileString(file, text)
    })
  return { folder, fs, objects, write }
})

const stores = {
  "in memory": ObjectStoreMemory.make,
  "in a folder": Effect.map(inFolder, ({ objects }) => objects)
}

for (const [name, make] of Object.entries(stores)) {
  describe(`an object store ${name}`, () => {
    const test = (sentence: string, body: (objects: ObjectStoreShape) => Effect.Effect<void, unknown>) =>
      it.effect(sentence, () => Effect.scoped(Effect.flatMap(make, body)).pipe(Effect.provide(NodeServices.layer)))

    test("gives back what was put, as bytes and as text", (objects) =>
      Effect.gen(function*() {
        const info = yield* objects.put("a/b/kettle.txt", "Ärger\n")
        assert.deepInclude(info, { key: "a/b/kettle.txt", size: 7, isWritten: true })
        assert.strictEqual(yield* objects.text("a/b/kettle.txt"), "Ärger\n")
        yield* objects.put("bytes", Uint8Array.of(0, 255))
        assert.deepStrictEqual([...(yield* objects.get("bytes"))], [0, 255])
      }))

    test("lists the objects with a prefix, which need not end at a folder", (objects) =>
      Effect.gen(function*() {
        for (const key of ["a/1", "a/2", "ab/3", "b/4"]) yield* objects.put(key, key)
        assert.deepStrictEqual(yield* keys(objects), ["a/1", "a/2", "ab/3", "b/4"])
        assert.deepStrictEqual(yield* keys(objects, "a"), ["a/1", "a/2", "ab/3"])
        assert.deepStrictEqual(yield* keys(objects, "a/"), ["a/1", "a/2"])
        assert.deepStrictEqual(yield* keys(objects, "c/"), [])
        assert.deepStrictEqual(yield* keys(objects, "../"), [])
        assert.deepStrictEqual(yield* keys(objects, "/"), [])
      }))

    test("lists an object as it was put", (objects) =>
      Effect.gen(function*() {
        const first = yield* objects.put("a", "1")
        assert.deepStrictEqual(yield* listed(objects), [first])
        const second = yield* objects.put("a", "22")
        assert.notStrictEqual(second.version, first.version)
        assert.deepStrictEqual(yield* listed(objects), [second])
      }))

    test("forgets what was removed; removing it again is no error", (objects) =>
      Effect.gen(function*() {
        yield* objects.put("a", "1")
        yield* objects.remove("a")
        yield* objects.remove("a")
        assert.deepStrictEqual(yield* keys(objects), [])
        const missing = yield* Effect.flip(objects.get("a"))
        assert.strictEqual(missing._tag, "ObjectNotFound")
        assert.strictEqual(missing.message, "There is no object 'a'. 'list' says which there are.")
      }))

    test("tells of what was put and removed", (objects) =>
      Effect.gen(function*() {
        for (const change of [objects.put("a", "1"), objects.put("a", "2"), objects.remove("a")]) {
          const waiting = yield* Effect.forkChild(yield* objects.changed)
          yield* change
          yield* Fiber.join(waiting)
        }
      }))

    test("refuses keys that lead out of it, or name what is hidden or unfinished", (objects) =>
      Effect.gen(function*() {
        const bad = ["", "/a", "../a", "a/../../b", "a//b", "a/", "./a", "a\\b", "a\0", ".hidden", "a/.git/b", "a.tmp"]
        for (const key of [...bad, "a.part", "a~", "k".repeat(1025)]) {
          for (const operation of [objects.get(key), objects.put(key, ""), objects.remove(key)]) {
            const error = yield* Effect.flip(operation as Effect.Effect<unknown, unknown>)
            assert.instanceOf(error, ObjectStoreError)
            assert.isFalse(error.isRetryable)
            assert.include(error.message, "can't be a key")
          }
        }
      }))
  })
}

describe("an object store in a folder", () => {
  const test = (
    sentence: string,
    body: (given: Effect.Success<typeof inFolder>) => Effect.Effect<void, unknown>
  ) => it.effect(sentence, () => Effect.scoped(Effect.flatMap(inFolder, body)).pipe(Effect.provide(NodeServices.layer)))

  test("shows a file that is written in place as unwritten until it stayed as it is for a second", ({ objects, write }) =>
    Effect.gen(function*() {
      const state = Effect.map(listed(objects), (found) => found.map(({ isWritten, size }) => [size, isWritten]))
      yield* write("a.csv", "half")
      assert.deepStrictEqual(yield* state, [[4, false]])
      yield* TestClock.adjust("900 millis")
      yield* write("a.csv", "half and half")
      assert.deepStrictEqual(yield* state, [[13, false]])
      yield* TestClock.adjust("900 millis")
      assert.deepStrictEqual(yield* state, [[13, false]])
      yield* TestClock.adjust("100 millis")
      assert.deepStrictEqual(yield* state, [[13, true]])
      yield* write("a.csv", "more")
      assert.deepStrictEqual(yield* state, [[4, false]])
    }))

  test("leaves out hidden and unfinished files, and what links lead to", ({ folder, fs, objects, write }) =>
    Effect.gen(function*() {
      const outside = yield* Effect.sync(() => nodePath.join(nodePath.dirname(folder), "outside"))
      yield* fs.makeDirectory(outside)
      yield* fs.writeFileString(nodePath.join(outside, "secret"), "secret")
      yield* fs.symlink(outside, nodePath.join(folder, "link"))
      yield* fs.symlink(nodePath.join(outside, "secret"), nodePath.join(folder, "file"))
      for (const key of [".a", "b.tmp", "c.part", "d~", ".git/e", "f/g"]) yield* write(key, key)
      assert.deepStrictEqual(yield* keys(objects), ["f/g"])
      assert.deepStrictEqual(yield* keys(objects, "link/"), [])
      for (const operation of [objects.get("link/secret"), objects.get("file"), objects.put("link/b", "b")]) {
        const error = yield* Effect.flip(operation as Effect.Effect<unknown, ObjectStoreError>)
        assert.include(error.message, "leads out of the folder")
      }
    }))

  test("notices what others wrote and removed, and that a file is written now", ({ folder, fs, objects, write }) =>
    Effect.gen(function*() {
      const noticed = (change: Effect.Effect<void, unknown>) =>
        Effect.gen(function*() {
          const waiting = yield* Effect.forkChild(yield* objects.changed)
          yield* change
          for (let turn = 0; turn < 400 && waiting.pollUnsafe() === undefined; turn++) {
            yield* TestClock.adjust("100 millis")
            yield* TestClock.withLive(Effect.sleep(2))
          }
          assert.isDefined(waiting.pollUnsafe())
        })
      yield* noticed(write("a", "1"))
      // That it is written now is news as well.
      yield* noticed(Effect.void)
      assert.deepStrictEqual((yield* listed(objects)).map(({ isWritten }) => isWritten), [true])
      yield* noticed(fs.remove(nodePath.join(folder, "a")))
    }))

  test("fails when its folder has gone, and says nothing of removed objects", ({ folder, fs, objects, write }) =>
    Effect.gen(function*() {
      yield* write("a", "1")
      yield* fs.rename(folder, `${folder}-elsewhere`)
      const error = yield* Effect.flip(listed(objects))
      assert.isTrue(error.isRetryable)
      assert.include(error.message, `the folder '${folder}' can't be read`)
      yield* fs.rename(`${folder}-elsewhere`, folder)
      assert.deepStrictEqual(yield* keys(objects), ["a"])
    }))

  test("replaces a file in one step and leaves nothing behind", ({ folder, fs, objects }) =>
    Effect.gen(function*() {
      yield* objects.put("a/b", "1")
      yield* objects.put("a/b", "2")
      assert.deepStrictEqual(yield* fs.readDirectory(nodePath.join(folder, "a")), ["b"])
      yield* fs.makeDirectory(nodePath.join(folder, "taken"))
      assert.strictEqual((yield* Effect.flip(objects.put("taken", "1")))._tag, "ObjectStoreError")
      assert.deepStrictEqual((yield* fs.readDirectory(folder)).toSorted(), ["a", "taken"])
    }))

  it.effect("is a layer that needs the file system and the paths of where it runs", () =>
    Effect.gen(function*() {
      const folder = yield* newFolder
      const put = Effect.flatMap(ObjectStore, (objects) => objects.put("a", "1"))
      yield* Effect.provide(put, ObjectStoreFolder.layer({ folder }))
      const fs = yield* FileSystem.FileSystem
      assert.strictEqual(yield* fs.readFileString(nodePath.join(folder, "a")), "1")
    }).pipe(Effect.scoped, Effect.provide(NodeServices.layer)))
})

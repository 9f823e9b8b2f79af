import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import { systemError } from "effect/PlatformError"
import * as Queue from "effect/Queue"
import * as Stream from "effect/Stream"

/** Files in memory, how often each was written, and a watch that tells what a test says has changed. */
export interface MemoryFiles {
  readonly fileSystem: FileSystem.FileSystem
  readonly stored: Map<string, string>
  readonly written: Array<string>
  /** How many watches are open. */
  readonly watches: () => number
  /** Stores a text, or removes the file, and tells the watches. */
  readonly change: (file: string, text: string | undefined) => Effect.Effect<void>
}

const notFound = (method: string, path: string) =>
  Effect.fail(systemError({ _tag: "NotFound", module: "FileSystem", method, pathOrDescriptor: path }))

/** `order` says how folders are listed. */
export const memoryFiles = (
  files: Readonly<Record<string, string>>,
  order: (entries: Array<FileSystem.DirectoryEntry>) => ReadonlyArray<FileSystem.DirectoryEntry> = (entries) => entries
): MemoryFiles => {
  const stored = new Map(Object.entries(files))
  const written: Array<string> = []
  const watches = new Map<Queue.Queue<FileSystem.WatchEvent>, { readonly path: string; readonly recursive: boolean }>()

  const entriesOf = (folder: string): Array<FileSystem.DirectoryEntry> => {
    const names = [...stored.keys()].filter((file) => file.startsWith(`${folder}/`)).map((file) =>
      file.slice(folder.length + 1).split("/")
    )
    return [...new Map(names.map(([name = "", ...rest]) => [name, rest.length > 0] as const))].map(
      ([name, isFolder]) => ({ name, type: isFolder ? "Directory" : "File" })
    )
  }
  const tell = Effect.fnUntraced(function*(file: string) {
    for (const [queue, { path, recursive }] of watches) {
      const below = file.startsWith(`${path}/`) ? file.slice(path.length + 1) : undefined
      if (below !== undefined && (recursive || !below.includes("/"))) {
        yield* Queue.offer(queue, { _tag: "Update", path: below })
      }
    }
  })
  const fileSystem = FileSystem.makeNoop({
    exists: (path) => Effect.succeed(stored.has(path) || entriesOf(path).length > 0),
    readFileString: (path) => {
      const text = stored.get(path)
      return text === undefined ? notFound("readFileString", path) : Effect.succeed(text)
    },
    stat: (path) => Effect.succeed({ type: stored.has(path) ? "File" : "Directory" } as FileSystem.File.Info),
    readDirectoryEntries: (path) => Effect.succeed(order(entriesOf(path))),
    writeFileString: (path, text) =>
      Effect.suspend(() => {
        stored.set(path, text)
        written.push(path)
        return tell(path)
      }),
    watch: (path, { onReady, recursive = false } = {}) =>
      Stream.unwrap(Effect.gen(function*() {
        if (entriesOf(path).length === 0) return yield* notFound("watch", path)
        const queue = yield* Effect.acquireRelease(
          Queue.unbounded<FileSystem.WatchEvent>(),
          (queue) => Effect.sync(() => watches.delete(queue))
        )
        watches.set(queue, { path, recursive })
        onReady?.()
        return Stream.fromQueue(queue)
      }))
  })
  return {
    fileSystem,
    stored,
    written,
    watches: () => watches.size,
    change: (file, text) =>
      Effect.suspend(() => {
        if (text === undefined) stored.delete(file)
        else stored.set(file, text)
        return tell(file)
      })
  }
}

/** When the files of a plugin change. */
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Queue from "effect/Queue"
import * as Schedule from "effect/Schedule"
import * as Stream from "effect/Stream"

/** How long files must be left alone before they are looked at: an editor writes several times. */
const quiet = "100 millis"

/**
 * Says once that the watch has begun, and then when something below `src`, or package.json, has changed: 100 ms after the
 * last of several changes. Goes on when a folder is removed and made again.
 */
export const changes = (folder: string): Stream.Stream<void, never, FileSystem.FileSystem | Path.Path> =>
  Stream.unwrap(Effect.gen(function*() {
    const fs = yield* FileSystem.FileSystem
    const path = yield* Path.Path
    /**
     * A watch of `src` until something below it changes, beginning with itself. It is made anew then: one that goes on
     * would not see the second time that an editor replaces a file.
     */
    const once = Stream.unwrap(Effect.map(Queue.unbounded<void>(), (begun) => {
      const onReady = () => void Queue.offerUnsafe(begun, undefined)
      const changed = fs.watch(path.join(folder, "src"), { recursive: true, onReady }).pipe(
        Stream.take(1),
        Stream.drain,
        // No such folder: the one above it says when there is.
        Stream.catch(() => Stream.concat(Stream.drain(Stream.sync(onReady)), Stream.never))
      )
      return Stream.merge(Stream.fromQueue(begun), changed, { haltStrategy: "right" })
    }))
    const above = fs.watch(folder).pipe(
      Stream.retry(Schedule.spaced("1 second")),
      Stream.orDie,
      Stream.filter(({ path: changed }) => changed === "src" || changed === "package.json")
    )
    return Stream.make(undefined).pipe(
      Stream.concat(Stream.as(above, undefined)),
      Stream.switchMap(() => Stream.forever(once)),
      Stream.debounce(quiet)
    )
  }))

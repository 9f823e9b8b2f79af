import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import * as Stream from "effect/Stream"
import type { Failure } from "./failure.ts"
import * as Output from "./output.ts"

const max = 1000

const Limit = Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: max }))

/** How many a page has. */
export const limit = Flag.Int("limit").pipe(
  Flag.withDescription(`At most so many, 1 to ${max}; 50 when absent`),
  Flag.withSchema(Limit),
  Flag.withDefault(50)
)

/** Whether to go on to the end. */
export const all = Flag.Boolean("all").pipe(
  Flag.withDescription("Every page, not the first alone"),
  Flag.withDefault(false)
)

/** The flags of what is shown by pages that end with a cursor. */
export const flags = {
  cursor: Flag.String("cursor").pipe(
    Flag.withDescription("Continue after a page, as it says at its end"),
    Flag.optional
  ),
  limit,
  all
}

/** A page, and where the next one begins. */
interface Page<A, From> {
  readonly values: ReadonlyArray<A>
  readonly next: From | undefined
}

/** Shows a page and says how to go on, or shows every page. */
export const show = Effect.fnUntraced(function*<A, From extends string | number, R>(options: {
  readonly all: boolean
  readonly limit: number
  /** The flag that goes on where a page ended. */
  readonly flag: string
  readonly start: From | undefined
  readonly page: (from: From | undefined, limit: number) => Effect.Effect<Page<A, From>, Failure, R>
  readonly list: Output.ListOptions<A>
}) {
  const { all, flag, limit, list, page, start } = options
  if (all) {
    const pages = Stream.paginate(
      start,
      (from) =>
        Effect.map(page(from, max), ({ next, values }) =>
          [
            [values],
            Option.map(Option.fromUndefinedOr(next), (next): From | undefined => next)
          ] as const)
    )
    return yield* Stream.runForEach(pages, (values) => Output.list(values, list))
  }
  const { next, values } = yield* page(start, limit)
  yield* Output.list(values, list)
  if (next !== undefined) yield* Console.error(`There are more: add ${flag} ${next} for the next page, or --all.`)
})

/** As `show`, for what has these {@link flags}. */
export const showByCursor = <A, R>({ cursor, ...options }: {
  readonly all: boolean
  readonly limit: number
  readonly cursor: Option.Option<string>
  readonly page: (cursor: string | undefined, limit: number) => Effect.Effect<Page<A, string>, Failure, R>
  readonly list: Output.ListOptions<A>
}) => show({ ...options, flag: "--cursor", start: Option.getOrUndefined(cursor) })

/**
 * The query engine: the one door to the rows of views. Everything is typed by the view; errors are errors, never an empty
 * answer.
 */
import * as Context from "effect/Context"
import type * as Duration from "effect/Duration"
import type * as Effect from "effect/Effect"
import type * as Option from "effect/Option"
import * as Schema from "effect/Schema"
import type * as Stream from "effect/Stream"
import type { AccessDenied } from "./Access.ts"
import type { Fields } from "./internal/definitions/definition.ts"
import type { Token } from "./Token.ts"
import type * as View from "./View.ts"
import type { ViewStoreError } from "./ViewStore.ts"

/** The view didn't come as far as the token in the time given. A retry can help. */
export class ViewBehind extends Schema.TaggedError<ViewBehind>()("ViewBehind", {
  view: Schema.String,
  waitedMillis: Schema.Finite
}) {
  override get message(): string {
    return `${this.view} did not reach the command's token within ${this.waitedMillis} ms. Ask again, or without it.`
  }
}

/** The view was rebuilt since the cursor or stream was made. Start again without the cursor. */
export class ViewRebuilt extends Schema.TaggedError<ViewRebuilt>()("ViewRebuilt", { view: Schema.String }) {
  override get message(): string {
    return `${this.view} was rebuilt. Start again from its first page.`
  }
}

/** The view can't answer the question. A retry won't help. */
export class InvalidQuery extends Schema.TaggedError<InvalidQuery>()("InvalidQuery", {
  view: Schema.String,
  detail: Schema.String,
  /** The option that is wrong, when it is one. */
  field: Schema.optionalKey(Schema.String)
}) {
  override get message(): string {
    return `${this.view} can't answer that: ${this.detail}.`
  }
}

/** No plugin of this platform has the view. */
export class UnknownView extends Schema.TaggedError<UnknownView>()("UnknownView", {
  view: Schema.String,
  known: Schema.Array(Schema.String)
}) {
  override get message(): string {
    return `No plugin of this platform has the view '${this.view}'. There are: ${this.known.join(", ")}.`
  }
}

/** A stored row isn't what the view's definition says; while a changed view is rebuilt, rows of the old one may be so. */
export class RowUndecodable extends Schema.TaggedError<RowUndecodable>()("RowUndecodable", {
  view: Schema.String,
  detail: Schema.String
}) {
  override get message(): string {
    return `A stored row of ${this.view} can't be decoded: ${this.detail}. If the view is being rebuilt, ask again later.`
  }
}

/** Why a query failed. */
export type QueryError =
  | AccessDenied
  | ViewBehind
  | ViewRebuilt
  | InvalidQuery
  | UnknownView
  | RowUndecodable
  | ViewStoreError

/** What every query may ask for. */
export interface QueryOptions {
  /** Wait until the view shows everything up to this command's token. */
  readonly after?: Token | undefined
  /** How long to wait for `after` at most; 5 seconds when absent. */
  readonly timeout?: Duration.Input | undefined
}

/** A bound of a range: a value of the field, as rows have it. */
export type Bound = string | number | boolean | object

/** Bounds of the field that an index orders by next after those of `where`. Rows without the field are never in a range. */
export interface Range {
  readonly gt?: Bound | undefined
  readonly gte?: Bound | undefined
  readonly lt?: Bound | undefined
  readonly lte?: Bound | undefined
}

/** How rows are listed. */
export interface ListOptions<F extends Fields = Fields, O = unknown> extends QueryOptions {
  /** The index to list by; by key (and sort key) when absent. */
  readonly index?: (O extends { readonly indexes: infer I } ? keyof I & string : never) | undefined
  /** Only rows with these values: of the first fields of the index, without a gap. Nested fields are dotted. */
  readonly where?:
    | (
      & { readonly [K in keyof F & string]?: F[K]["Type"] }
      & { readonly [K in `${keyof F & string}.${string}`]?: string | number | boolean }
    )
    | undefined
  /** Bounds of the next field of the index. */
  readonly range?: Range | undefined
  readonly order?: "asc" | "desc" | undefined
  /** At most so many rows: 1 to 1000; 50 when absent. */
  readonly limit?: number | undefined
  /** Continue after a page: its `cursor`. */
  readonly cursor?: string | undefined
}

/** A page of rows. */
export interface Page<Row> {
  readonly rows: ReadonlyArray<Row>
  /** Where the next page begins; absent on the last page. */
  readonly cursor: string | undefined
}

/** A change of a row. Changes that follow each other quickly may come as one. */
export type RowChange<Row> =
  | { readonly _tag: "RowSet"; readonly row: Row }
  | { readonly _tag: "RowRemoved"; readonly key: unknown; readonly sort: unknown }

/** A view that can be watched: a Stream variant. */
export type LiveView<F extends Fields, O> = View.View<F, O, true>

/** Refuses to watch a view whose changes aren't published, with a sentence. */
export type Watchable<Live extends boolean> = Live extends true ? unknown
  : { readonly "only a StateViewSliceStream or a ReadModelStream can be watched": never }

/** Answers queries. */
export class QueryEngine extends Context.Service<QueryEngine, {
  /** The row with this key, if there is one. */
  readonly get: <F extends Fields, O>(
    view: View.View<F, O, boolean>,
    id: View.RowId<F, O>,
    options?: QueryOptions
  ) => Effect.Effect<Option.Option<View.RowOf<F>>, QueryError>
  /** A page of rows in the order of an index. */
  readonly list: <F extends Fields, O>(
    view: View.View<F, O, boolean>,
    options?: ListOptions<F, O>
  ) => Effect.Effect<Page<View.RowOf<F>>, QueryError>
  /**
   * The rows there are, in the order in which they were last changed, and then every change, without end and without a
   * gap. Only the rows of one key when it is given, or one row when its sort key is given too. Fails with `ViewRebuilt`
   * when the view is rebuilt.
   */
  readonly watch: <F extends Fields, O, Live extends boolean>(
    view: View.View<F, O, Live> & Watchable<Live>,
    options?: QueryOptions & { readonly key?: View.RowId<F, O> | View.KeyOf<F, O> | undefined }
  ) => Stream.Stream<RowChange<View.RowOf<F>>, QueryError>
}>()("@reventless/core/QueryEngine") {}

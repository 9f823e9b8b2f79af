/**
 * Actions on rows: what a projection answers an event with. Projections are pure; the view engine reads the rows,
 * applies the actions and writes the result together with the view's checkpoint.
 */
/** One action on one row. Made by the builders that a projection is given. */
export type RowAction<Row> =
  | { readonly _tag: "Set"; readonly row: Row }
  | {
    readonly _tag: "Update"
    readonly id: RowIdentity
    readonly update: (row: Row) => Row
    readonly initial: Row | undefined
  }
  | { readonly _tag: "Remove"; readonly id: RowIdentity }
  | { readonly _tag: "Add" | "Max" | "Min"; readonly id: RowIdentity; readonly amounts: Amounts }
  | { readonly _tag: "Insert"; readonly row: Row }

/** Numbers by field. */
export type Amounts = Readonly<Record<string, number | undefined>>

/** The values of a row's key and, where the view has one, its sort key. */
export type RowIdentity = ReadonlyArray<unknown>

/** What a projection answers: one action, several, or none. */
export type Actions<Row> = RowAction<Row> | ReadonlyArray<RowAction<Row>>

/** How a row is named: by its key, or by its key and its sort key. */
export type IdOf<Row, Key extends keyof Row, Sort extends keyof Row | undefined> = Sort extends keyof Row
  ? readonly [key: Row[Key], sort: Row[Sort]]
  : Row[Key]

type NumericFields<Row> = { [K in keyof Row]: Row[K] extends number ? K : never }[keyof Row]

/** The actions of a view whose rows are fed in an order. */
export interface OrderedRows<Row, Id> {
  /** Writes the row, replacing one with the same key. */
  readonly set: (row: Row) => RowAction<Row>
  /** Changes the row. Where it is missing it is made from `initial`; without one, nothing happens. */
  readonly update: (
    id: Id,
    update: (row: Row) => Row,
    options?: { readonly initial: Row }
  ) => RowAction<Row>
  /** Removes the row, if it is there. */
  readonly remove: (id: Id) => RowAction<Row>
  /** Does nothing. */
  readonly ignore: readonly []
}

/** The actions of a view without an order between events: whatever order they come in, the row is the same. */
export interface CommutingRows<Row, Id> {
  /** Adds to numbers. Where the row is missing it is made from the definition's `initial`. */
  readonly add: (id: Id, amounts: { readonly [K in NumericFields<Row>]?: number }) => RowAction<Row>
  /** Raises numbers to at least these. */
  readonly max: (id: Id, values: { readonly [K in NumericFields<Row>]?: number }) => RowAction<Row>
  /** Lowers numbers to at most these. */
  readonly min: (id: Id, values: { readonly [K in NumericFields<Row>]?: number }) => RowAction<Row>
  /** Writes a row that is never changed. Writing it again is nothing; writing another one under its key is an error. */
  readonly insert: (row: Row) => RowAction<Row>
  /** Does nothing. */
  readonly ignore: readonly []
}

const identity = (id: unknown): RowIdentity => Array.isArray(id) ? id : [id]

/** The builders of ordered views. */
export const ordered: OrderedRows<any, any> = {
  set: (row) => ({ _tag: "Set", row }),
  update: (id, update, options) => ({ _tag: "Update", id: identity(id), update, initial: options?.initial }),
  remove: (id) => ({ _tag: "Remove", id: identity(id) }),
  ignore: []
}

/** The builders of unordered views. */
export const commuting: CommutingRows<any, any> = {
  add: (id, amounts) => ({ _tag: "Add", id: identity(id), amounts }),
  max: (id, amounts) => ({ _tag: "Max", id: identity(id), amounts }),
  min: (id, amounts) => ({ _tag: "Min", id: identity(id), amounts }),
  insert: (row) => ({ _tag: "Insert", row }),
  ignore: []
}

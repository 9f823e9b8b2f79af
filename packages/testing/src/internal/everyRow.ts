/** The query of a view's rows for all there are. */
export const everyRow = {
  index: undefined,
  from: undefined,
  to: undefined,
  after: undefined,
  reverse: false,
  limit: 1_000_000
}

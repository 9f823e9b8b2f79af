/**
 * What goes over the wire of the store server. Fields that aren't known are refused: a misspelt condition or tag list
 * would otherwise read as none, and write or select what nobody meant.
 */
import * as Boundary from "@reventless/core/Boundary"
import * as Query from "@reventless/core/Query"
import * as Tag from "@reventless/core/Tag"
import * as Schema from "effect/Schema"

const ReadOptions = Schema.Struct({
  from: Schema.optionalKey(Schema.Natural),
  limit: Schema.optionalKey(Schema.Natural),
  backwards: Schema.optionalKey(Schema.Boolean)
})

/** The parameters of `GET /read`, each a JSON text. */
export const ReadParameters = Schema.Struct({
  query: Schema.fromJsonString(Query.Query),
  options: Schema.optionalKey(Schema.fromJsonString(ReadOptions))
})

/** The parameters of `GET /boundary`, a JSON text. */
export const BoundaryParameters = Schema.Struct({ query: Schema.fromJsonString(Query.Query) })

const Event = Schema.Struct({
  type: Schema.NonEmptyString.check(
    Schema.makeFilter((text: string) => text.isWellFormed() || "must not contain lone surrogates")
  ),
  tags: Schema.Array(Tag.Tag),
  data: Schema.String
})

/** The condition of an append: of the dcb.events specification, or a boundary that was read. */
const Condition = Schema.Struct({
  failIfEventsMatch: Schema.optionalKey(Query.Query),
  after: Schema.optionalKey(Schema.Natural),
  boundary: Schema.optionalKey(Boundary.Boundary)
}).check(
  Schema.makeFilter(({ after, boundary, failIfEventsMatch }) =>
    boundary === undefined
      ? failIfEventsMatch !== undefined || "needs either failIfEventsMatch or boundary"
      : (failIfEventsMatch === undefined && after === undefined) ||
        "has a boundary, which says by itself what was seen; leave failIfEventsMatch and after out"
  )
)

/** The body of `POST /append`. */
export const AppendBody = Schema.fromJsonString(Schema.Struct({
  events: Schema.Array(Event).check(Schema.isMinLength(1)),
  condition: Schema.optionalKey(Condition)
}))

import { type ListOptions, type Range } from "@reventless/core/QueryEngine"
import { Token } from "@reventless/core/Token"
import type * as View from "@reventless/core/View"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import * as Refusal from "./refusal.ts"

type Fields = Schema.Struct.Fields

/** The longest that a query waits for a token, in milliseconds. */
export const maxWait = 60_000

const waiting = {
  after: Schema.optionalKey(Token).annotateKey({
    description: "Wait until the view shows everything up to this token of a command's answer."
  }),
  timeout: Schema.optionalKey(
    Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: maxWait })).annotate({
      description: `How long to wait for 'after' at most, in milliseconds; 5000 when absent, at most ${maxWait}.`
    })
  )
}

/** Parameters of a query for one row. */
export const getFields: Fields = waiting

/** The schema at a dotted path of a struct's fields. */
const fieldAt = (fields: Fields, path: string): Schema.Constraint => {
  const [head, ...rest] = path.split(".")
  const field = fields[head!] as Schema.Constraint & { readonly fields?: Fields; readonly schema?: Schema.Constraint }
  return rest.length === 0 ? field : fieldAt(field.fields ?? {}, rest.join("."))
}

/** A field as a parameter that may be absent. */
const optional = (field: Schema.Constraint): Schema.Top => Schema.optionalKey(Schema.toType(field as Schema.Top))

const idField = (spec: View.Spec, name: string): Schema.Top =>
  Schema.toType(fieldAt(spec.fields, name) as Schema.Top).annotateKey({ description: `The row's '${name}'.` })

/** The schemas of the path parameters that name a row. */
export const rowIdFields = (spec: View.Spec): Fields => ({
  key: idField(spec, spec.key),
  ...(spec.sort === undefined ? {} : { sort: idField(spec, spec.sort) })
})

const bounds = ["gt", "gte", "lt", "lte"] as const

/** Parameters of a list. Every field that an index or the key orders by can be given as `where.field`. */
export const listFields = (spec: View.Spec): Fields => {
  const indexes = [...spec.indexes.keys()]
  const where = [...new Set([spec.key, ...[...spec.indexes.values()].flat()])]
  return {
    ...(indexes.length === 0 ? {} : {
      index: Schema.optionalKey(
        Schema.Literals(indexes).annotate({
          description: `The index to list by; by key when absent. ${
            [...spec.indexes].map(([index, fields]) => `'${index}' orders by ${fields.join(", then ")}.`).join(" ")
          }`
        })
      )
    }),
    ...Object.fromEntries(where.map((path) => [`where.${path}`, optional(fieldAt(spec.fields, path))])),
    ...(indexes.length === 0 ? {} : Object.fromEntries(bounds.map((bound) => [
      `range.${bound}`,
      Schema.optionalKey(
        Schema.String.annotate({ description: "A bound of the index's next field after those of 'where'." })
      )
    ]))),
    order: Schema.optionalKey(Schema.Literals(["asc", "desc"])),
    limit: Schema.optionalKey(
      Schema.Int.check(Schema.isBetween({ minimum: 1, maximum: 1000 })).annotate({ description: "50 when absent." })
    ),
    cursor: Schema.optionalKey(
      Schema.String.annotate({ description: "Continue after a page: the 'cursor' of its answer." })
    ),
    ...waiting
  }
}

/** Parameters of a watch: the rows of one key only when it is given. */
export const watchFields = (spec: View.Spec): Fields => ({
  ...Object.fromEntries(Object.entries(rowIdFields(spec)).map(([name, field]) => [name, optional(field)])),
  ...waiting
})

/** Decoded parameters, by name. */
export type Decoded = Readonly<Record<string, any>>

/** The row that path parameters name. */
export const rowId = (spec: View.Spec, params: Decoded): any =>
  spec.sort === undefined ? params["key"] : [params["key"], params["sort"]]

/** What a query is told about waiting. */
export const waitOptions = ({ after, timeout }: Decoded): ListOptions => ({ after, timeout })

const rangeOf = Effect.fnUntraced(function*(spec: View.Spec, query: Decoded, equal: number) {
  const given = bounds.filter((bound) => query[`range.${bound}`] !== undefined)
  const path = spec.indexes.get(query["index"])?.[equal]
  if (given.length === 0 || path === undefined) {
    return given.length === 0 ? undefined : Object.fromEntries(given.map((bound) => [bound, query[`range.${bound}`]]))
  }
  const codec = Schema.toCodecStringTree(Schema.toType(fieldAt(spec.fields, path) as Schema.Top))
  const decode = Schema.decodeUnknownEffect(codec as unknown as Schema.Codec<string | number | boolean, unknown>)
  const entries = yield* Effect.forEach(given, (bound) =>
    Effect.mapBoth(decode(query[`range.${bound}`]), {
      onFailure: ({ message }) => Refusal.badRequest("InvalidQuery", `range.${bound}`, `is no '${path}': ${message}`),
      onSuccess: (value) => [bound, value] as const
    }))
  return Object.fromEntries(entries) as Range
})

/** What the decoded parameters of a list ask for. */
export const listOptions = Effect.fnUntraced(function*(spec: View.Spec, query: Decoded) {
  const where = Object.fromEntries(
    Object.entries(query).filter(([name]) => name.startsWith("where.")).map(([name, value]) => [name.slice(6), value])
  )
  const options: ListOptions = {
    ...waitOptions(query),
    index: query["index"] as never,
    where,
    range: yield* rangeOf(spec, query, Object.keys(where).length),
    order: query["order"],
    limit: query["limit"],
    cursor: query["cursor"]
  }
  return options
})

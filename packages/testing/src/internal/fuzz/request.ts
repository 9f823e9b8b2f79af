import type * as Schema from "effect/Schema"
import { below, choose, type Dice, json, oddTexts, text } from "./mutate.ts"

/** A request that a schema allows. */
export interface Valid {
  readonly method: string
  /** With `:name` for each parameter. */
  readonly path: string
  readonly params: Readonly<Record<string, string>>
  readonly query: Readonly<Record<string, string | ReadonlyArray<string>>>
  readonly headers: Readonly<Record<string, string>>
  readonly body: Schema.Json | undefined
}

/** A request as it is sent. */
export interface Wire {
  readonly method: string
  readonly target: string
  readonly headers: ReadonlyArray<readonly [name: string, value: string]>
  readonly body: string | undefined
  /** Not HTTP any more, or not to its end: the connection may be closed without an answer. */
  readonly broken: boolean
}

const queryOf = (query: Valid["query"]): ReadonlyArray<readonly [string, string]> =>
  Object.entries(query).flatMap(([name, value]) =>
    typeof value === "string" ? [[name, value] as const] : value.map((one) => [name, one] as const)
  )

/** Percent-encodes a text, lone surrogates as what they are mistaken for. */
const encode = (value: string): string => encodeURIComponent(value.toWellFormed())

const targetOf = (path: string, params: Valid["params"], query: ReadonlyArray<readonly [string, string]>): string => {
  const filled = path.replace(/:(\w+)/g, (_, name: string) => encode(params[name] ?? ""))
  const asked = query.map(([name, value]) => `${encode(name)}=${encode(value)}`).join("&")
  return asked === "" ? filled : `${filled}?${asked}`
}

const plain = (valid: Valid): Wire => ({
  method: valid.method,
  target: targetOf(valid.path, valid.params, queryOf(valid.query)),
  headers: [
    ...Object.entries(valid.headers),
    ...(valid.body === undefined ? [] : [["content-type", "application/json"] as const])
  ],
  body: valid.body === undefined ? undefined : JSON.stringify(valid.body),
  broken: false
})

const headers: readonly [readonly [string, string], ...ReadonlyArray<readonly [string, string]>] = [
  ["content-type", "text/plain"],
  ["content-type", "application/json; charset=utf-16"],
  ["content-type", ";;;"],
  ["content-encoding", "gzip"],
  ["accept", "image/png"],
  ["idempotency-key", ""],
  ["idempotency-key", "x".repeat(300)],
  ["idempotency-key", "again"],
  ["x-correlation-id", " "],
  ["x-correlation-id", "x".repeat(200)],
  ["traceparent", "00-0-0-zz"],
  ["traceparent", "00-11111111111111111111111111111111-2222222222222222-01"],
  ["authorization", "Bearer"],
  ["authorization", "Basic ????"],
  ["cookie", "a=b; a=b; __proto__=c"],
  ["range", "bytes=0-1"],
  ["if-none-match", "*"],
  ["expect", "200-ok"],
  ["x-http-method-override", "DELETE"],
  ["forwarded", "for=127.0.0.1"],
  ["host", ""]
]

const withParam = (dice: Dice, valid: Valid): Wire => {
  const names = Object.keys(valid.params)
  const name = names[below(dice, names.length)]
  const value = name === undefined ? "" : dice() < 0.5 ? choose(dice, oddTexts) : text(dice, valid.params[name]!)
  return plain(name === undefined ? valid : { ...valid, params: { ...valid.params, [name]: value } })
}

const withQuery = (dice: Dice, valid: Valid): Wire => {
  const query = queryOf(valid.query)
  const at = below(dice, query.length + 1)
  const [name, value] = query[at] ?? [choose(dice, oddTexts), choose(dice, oddTexts)]
  const changed = (): ReadonlyArray<readonly [string, string]> => {
    switch (below(dice, 5)) {
      case 0:
        return query.toSpliced(at, 1)
      case 1:
        return [...query, [name, value]]
      case 2:
        return [...query, [choose(dice, oddTexts), choose(dice, oddTexts)]]
      default:
        return query.toSpliced(at, 1, [name, dice() < 0.5 ? choose(dice, oddTexts) : text(dice, value)])
    }
  }
  return { ...plain(valid), target: targetOf(valid.path, valid.params, changed()) }
}

/** A header with an odd value, in the place of one that is there, or beside it. */
const withHeader = (dice: Dice, wire: Wire): Wire => {
  const odd = choose(dice, headers)
  const others = dice() < 0.8 ? wire.headers.filter(([name]) => name !== odd[0]) : wire.headers
  return { ...wire, headers: [...others, odd] }
}

const withTarget = (dice: Dice, wire: Wire): Wire => {
  const odd = choose(dice, [
    "%",
    "%zz",
    "%c0%af",
    "//",
    "/./",
    "/../",
    "?",
    "#",
    "&&==",
    ";",
    "\\",
    "%E0%A4%A",
    "*",
    "["
  ])
  const at = 1 + below(dice, wire.target.length)
  return { ...wire, target: wire.target.slice(0, at) + odd + wire.target.slice(at) }
}

const withBody = (dice: Dice, valid: Valid): Wire => {
  const wire = plain(valid)
  if (wire.body === undefined) return { ...wire, body: choose(dice, oddTexts) }
  return dice() < 0.75
    ? { ...wire, body: JSON.stringify(json(dice, valid.body!)) }
    : { ...wire, body: text(dice, wire.body) }
}

/** Breaks the protocol itself. */
const broken = (dice: Dice, wire: Wire): Wire => {
  const length = ["content-length", String(below(dice, 40))] as const
  switch (below(dice, 5)) {
    case 0:
      return { ...wire, headers: [...wire.headers, length], broken: true }
    case 1:
      return { ...wire, headers: [...wire.headers, ["transfer-encoding", "chunked"]], broken: true }
    case 2:
      return { ...wire, method: choose(dice, ["", "get", "G\u0000T", "BREW", "\r\n"]), broken: true }
    case 3:
      return { ...wire, headers: [...wire.headers, ["x\r\ny", "z"], ["n".repeat(20_000), ""]], broken: true }
    default:
      return { ...wire, target: text(dice, wire.target), broken: true }
  }
}

/** A request: as it is valid, changed in some place, or broken. */
export const make = (dice: Dice, valid: Valid): Wire => {
  const sort = below(dice, 12)
  if (sort < 3) return plain(valid)
  if (sort < 6) return withBody(dice, valid)
  if (sort < 8) return withQuery(dice, valid)
  switch (sort) {
    case 8:
      return withParam(dice, valid)
    case 9:
      return withHeader(dice, plain(valid))
    case 10:
      return dice() < 0.5
        ? withTarget(dice, plain(valid))
        : {
          ...plain(valid),
          method: choose(dice, ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE"])
        }
    default:
      return broken(dice, plain(valid))
  }
}

import type * as Schema from "effect/Schema"

/** A number from 0 up to 1 at each call; the same ones for the same seed. */
export type Dice = () => number

/** One of some things. */
export const choose = <A>(dice: Dice, items: readonly [A, ...ReadonlyArray<A>]): A =>
  items[Math.floor(dice() * items.length)]!

/** An integer from 0 up to, and without, a limit. */
export const below = (dice: Dice, limit: number): number => Math.floor(dice() * limit)

/** Texts that programs stumble over. */
export const oddTexts = [
  "",
  " ",
  "0",
  "-1",
  "NaN",
  "1e309",
  "9007199254740993",
  "true",
  "null",
  "undefined",
  "[object Object]",
  "__proto__",
  "constructor",
  "../../etc/passwd",
  "' OR 1=1; DROP TABLE events; --",
  "%00",
  "\u0000",
  "\u202e\u200b",
  "\ud800",
  "😀".repeat(40),
  "a:b:c",
  "2026-02-30T25:61:00Z",
  "x".repeat(400),
  "x".repeat(4000)
] as const

const oddValues: readonly [Schema.Json, ...ReadonlyArray<Schema.Json>] = [
  ...oddTexts,
  null,
  true,
  false,
  0,
  -1,
  0.5,
  1e308,
  Number.MAX_SAFE_INTEGER,
  [],
  {},
  [null],
  [[[[[[]]]]]],
  { "": "" },
  { length: 4e9 },
  { toString: 1, then: 1 }
]

const isObject = (value: Schema.Json): value is Schema.JsonObject =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const changeObject = (dice: Dice, value: Schema.JsonObject): Schema.Json => {
  const entries = Object.entries(value)
  const at = below(dice, entries.length + 1)
  const [key, inner] = entries[at] ?? [choose(dice, oddTexts), choose(dice, oddValues)]
  switch (below(dice, 4)) {
    case 0:
      return Object.fromEntries(entries.filter(([name]) => name !== key))
    case 1:
      return Object.fromEntries([...entries, [choose(dice, oddTexts), choose(dice, oddValues)]])
    default:
      return Object.fromEntries([...entries.filter(([name]) => name !== key), [key, json(dice, inner)]])
  }
}

const changeArray = (dice: Dice, value: Schema.JsonArray): Schema.Json => {
  const at = below(dice, value.length)
  switch (below(dice, 4)) {
    case 0:
      return value.toSpliced(at, 1)
    case 1:
      return value.toSpliced(at, 0, choose(dice, oddValues))
    case 2:
      return Array.from({ length: Math.min(value.length * 50, 500) }, (_, index) => value[index % value.length]!)
    default:
      return value.map((inner, index) => index === at ? json(dice, inner) : inner)
  }
}

/** A value with something of it changed. */
export const json = (dice: Dice, value: Schema.Json): Schema.Json => {
  if (dice() < 0.15) return choose(dice, oddValues)
  if (Array.isArray(value)) return changeArray(dice, value)
  return isObject(value) ? changeObject(dice, value) : choose(dice, oddValues)
}

/** A text with something of it changed. */
export const text = (dice: Dice, value: string): string => {
  const at = below(dice, value.length + 1)
  switch (below(dice, 6)) {
    case 0:
      return value.slice(0, at)
    case 1:
      return value.slice(0, at) + String.fromCharCode(below(dice, 0x300)) + value.slice(at)
    case 2:
      return value.slice(0, at) + value
    case 3:
      return value.slice(0, at) + value.slice(at + 1)
    case 4:
      return value.slice(0, at) + choose(dice, ["[", "{\"a\":", "\""]).repeat(below(dice, 2000)) + value.slice(at)
    default:
      return choose(dice, oddTexts)
  }
}

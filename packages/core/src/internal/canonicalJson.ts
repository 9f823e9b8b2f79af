import type * as Schema from "effect/Schema"

/** The JSON text of a value with the keys of its objects in sorted order: equal values give equal texts. */
export const canonicalJson = (value: Schema.Json): string => {
  if (value === null || typeof value !== "object") return JSON.stringify(value)
  if (Array.isArray(value)) return `[${value.map(canonicalJson).join(",")}]`
  const entries = Object.entries(value as Record<string, Schema.Json>)
    .sort(([a], [b]) => a < b ? -1 : 1)
    .map(([key, entry]) => `${JSON.stringify(key)}:${canonicalJson(entry)}`)
  return `{${entries.join(",")}}`
}

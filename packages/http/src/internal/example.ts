type Json = Readonly<Record<string, any>>

/** The longest that references and nesting are followed. */
const maxDepth = 8

const ofText = (schema: Json, name: string): string => {
  switch (schema["format"]) {
    case "date-time":
      return "2030-01-31T12:00:00.000Z"
    case "date":
      return "2030-01-31"
    case "uuid":
      return "019a0000-0000-7000-8000-000000000000"
  }
  const words = name.replace(/([a-z0-9])([A-Z])/g, "$1 $2").toLowerCase() || "text"
  if (words.endsWith(" id")) return `${words.slice(0, -3).replaceAll(" ", "-")}-1`
  return words.padEnd(schema["minLength"] ?? 0, ".").slice(0, schema["maxLength"])
}

const ofNumber = (schema: Json): number => {
  const exclusive = schema["exclusiveMinimum"]
  return schema["minimum"] ?? (exclusive === undefined ? Math.min(1, schema["maximum"] ?? 1) : exclusive + 1)
}

const at = (schema: Json, schemas: Json, name: string, depth: number): unknown => {
  if (depth > maxDepth) return null
  if (schema["examples"]?.[0] !== undefined) return schema["examples"][0]
  if (schema["default"] !== undefined) return schema["default"]
  if (schema["const"] !== undefined) return schema["const"]
  if (schema["enum"] !== undefined) return schema["enum"][0]
  if (schema["$ref"] !== undefined) {
    return at(schemas[schema["$ref"].split("/").at(-1)] ?? {}, schemas, name, depth + 1)
  }
  const one = schema["anyOf"]?.[0] ?? schema["oneOf"]?.[0]
  if (one !== undefined) return at(one, schemas, name, depth + 1)
  const { allOf, ...own } = schema
  const whole: Json = allOf === undefined ? schema : Object.assign({}, own, ...allOf)
  switch (whole["type"]) {
    case "object":
      return Object.fromEntries(
        Object.entries<Json>(whole["properties"] ?? {}).filter(([field]) => whole["required"]?.includes(field))
          .map(([field, value]) => [field, at(value, schemas, field, depth + 1)])
      )
    case "array":
      return whole["items"] === undefined
        ? (whole["prefixItems"] ?? []).map((item: Json) => at(item, schemas, name, depth + 1))
        : [at(whole["items"], schemas, name.replace(/s$/, ""), depth + 1)]
    case "string":
      return ofText(whole, name)
    case "integer":
    case "number":
      return ofNumber(whole)
    case "boolean":
      return true
    default:
      return null
  }
}

/** A value that a JSON schema could describe, for people to start from; the schema's own example where it has one. */
export const example = (schema: Json, schemas: Json): unknown => at(schema, schemas, "", 0)

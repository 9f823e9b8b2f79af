// Forms from JSON schemas: an input for each plain field, JSON for everything else.
import { h, prose } from "./dom.js"

/** Follows references of the document. */
export const resolve = (spec, schema) =>
  schema?.$ref === undefined ? schema ?? {} : resolve(spec, spec.components.schemas[schema.$ref.split("/").at(-1)])

const isPlain = (type) => type === "string" || type === "integer" || type === "number" || type === "boolean"

/** What a field takes, in a few words. */
const hint = (schema) => {
  const bounds = []
  if (schema.minimum !== undefined) bounds.push(`≥ ${schema.minimum}`)
  if (schema.maximum !== undefined) bounds.push(`≤ ${schema.maximum}`)
  if (schema.minLength > 0) bounds.push("not empty")
  if (schema.maxLength !== undefined) bounds.push(`at most ${schema.maxLength} characters`)
  return [schema.format ?? schema.type ?? "JSON", ...bounds].join(", ")
}

const choice = (values, value, optional) =>
  h(
    "select",
    {},
    optional ? h("option", { value: "" }, "—") : undefined,
    values.map((one) => h("option", { value: String(one), selected: one === value }, String(one)))
  )

/** A list of texts is written as lines, or as JSON. */
const isTexts = ({ items, type }) => type === "array" && items?.type === "string"

const inputOf = (schema, value, required) => {
  if (schema.enum !== undefined) return choice(schema.enum, value, !required)
  if (schema.type === "boolean") return choice([true, false], value, !required)
  if (isPlain(schema.type)) {
    return h("input", {
      type: schema.type === "string" ? "text" : "number",
      step: schema.type === "integer" ? "1" : "any",
      value: value ?? "",
      spellcheck: "false",
      autocomplete: "off"
    })
  }
  return h(
    "textarea",
    { rows: "3", spellcheck: "false", placeholder: isTexts(schema) ? "one on each line" : "JSON" },
    value === undefined ? "" : isTexts(schema) ? value.join("\n") : JSON.stringify(value)
  )
}

const read = (schema, text) => {
  if (text === "") return undefined
  const plain = schema.enum === undefined ? schema.type : typeof schema.enum[0]
  if (plain === "string") return text
  if (plain === "integer" || plain === "number") return Number(text)
  return isTexts(schema) && !text.startsWith("[") ? text.split("\n").filter((line) => line !== "") : JSON.parse(text)
}

/** One field: its element, and what it holds. Text fields that must be there may be empty. */
const field = (spec, name, given, value, required) => {
  const schema = resolve(spec, given)
  if (schema.type === "object" && schema.properties !== undefined) {
    const inner = fields(spec, schema, value)
    return {
      element: h("fieldset", {}, h("legend", {}, name), inner.elements),
      value: () => inner.value()
    }
  }
  const input = inputOf(schema, value, required)
  return {
    element: h(
      "label",
      { class: "field" },
      h("span", { class: "name" }, name, required ? h("span", { class: "required", title: "required" }, "*") : ""),
      input,
      h("span", { class: "hint" }, prose(given.description ?? schema.description ?? hint(schema)))
    ),
    value: () => input.value === "" && required && schema.type === "string" ? "" : read(schema, input.value)
  }
}

/** The fields of an object schema. */
export const fields = (spec, schema, example) => {
  const made = Object.entries(schema.properties ?? {}).map(([name, property]) => [
    name,
    field(spec, name, property, example?.[name], schema.required?.includes(name) ?? false)
  ])
  return {
    elements: made.map(([, { element }]) => element),
    value: () =>
      Object.fromEntries(
        made.map(([name, one]) => [name, one.value()]).filter(([, value]) => value !== undefined)
      )
  }
}

/** Parameters of a query as an object schema. */
export const parametersSchema = (parameters) => ({
  type: "object",
  properties: Object.fromEntries(
    parameters.map(({ description, name, schema }) => [name, { ...schema, description }])
  ),
  required: parameters.filter(({ required }) => required).map(({ name }) => name)
})

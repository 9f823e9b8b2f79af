// What the server answered: its status, its problem, its rows.
import { h, json } from "./dom.js"

const cell = (value) =>
  value !== null && typeof value === "object"
    ? h("td", { class: "mono" }, JSON.stringify(value))
    : h("td", {}, value === undefined ? "" : String(value))

const table = (rows) => {
  const columns = [...new Set(rows.flatMap((row) => Object.keys(row)))]
  return h(
    "div",
    { class: "scroll" },
    h(
      "table",
      {},
      h("thead", {}, h("tr", {}, columns.map((column) => h("th", {}, column)))),
      h("tbody", {}, rows.map((row) => h("tr", {}, columns.map((column) => cell(row[column])))))
    )
  )
}

const issues = (errors) =>
  h(
    "ul",
    { class: "issues" },
    errors.map(({ message, path }) => h("li", {}, h("code", {}, path || "body"), ` ${message}`))
  )

/** The list in an answer, by whatever name: rows, views, parked, events. */
const listOf = (body) => Object.values(body ?? {}).find(Array.isArray)

/** The parameter that asks for the next page. */
const nextPage = ({ cursor, next } = {}) =>
  cursor !== undefined
    ? { name: "cursor", value: cursor }
    : next !== undefined
    ? { name: "from", value: next }
    : undefined

/** An answer, for people first and whole below. Of one that is a list, `more` goes on to the next page. */
export const answer = ({ body, millis, response, text }, { isList = false, more } = {}) => {
  const problem = (response.headers.get("content-type") ?? "").includes("problem+json")
  const list = isList && response.ok ? listOf(body) : undefined
  const page = list === undefined ? undefined : nextPage(body)
  const tone = response.ok ? "good" : response.status < 500 ? "warn" : "bad"
  return h(
    "section",
    { class: "result", "aria-live": "polite" },
    h(
      "div",
      { class: "status" },
      h("span", { class: `badge ${tone}` }, `${response.status} ${problem ? body.title : response.statusText}`),
      h("span", { class: "hint" }, `${millis} ms`),
      h("span", { class: "hint mono" }, `correlation ${response.headers.get("x-correlation-id")}`)
    ),
    problem && body.detail !== undefined ? h("p", {}, body.detail) : undefined,
    problem && body.errors !== undefined ? issues(body.errors) : undefined,
    list?.length > 0 ? table(list) : undefined,
    list?.length === 0 ? h("p", { class: "hint" }, "None.") : undefined,
    page !== undefined && more !== undefined
      ? h("button", { type: "button", class: "second", click: () => more(page) }, "Next page")
      : undefined,
    h(
      "details",
      { open: list === undefined },
      h("summary", {}, "Body"),
      body === undefined ? h("pre", {}, text) : json(body)
    )
  )
}

/** A change that a stream told. */
export const change = ({ data, event, id }) =>
  h(
    "li",
    { class: `change ${event}` },
    h("span", { class: "badge" }, event),
    h("span", { class: "hint" }, `#${id}`),
    h("code", {}, data)
  )

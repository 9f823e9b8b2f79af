// The docs page: every command and view of openapi.json, to read and to try. It asks nobody but its own server.
import { authorization, badges, become, entry, ownFields, remember, showCaller, showIssuer } from "./access.js"
import { h, prose } from "./dom.js"
import { fields, parametersSchema, resolve } from "./form.js"
import { answer, change } from "./result.js"

const byId = (id) => document.getElementById(id)
const kinds = {
  command: "POST",
  list: "LIST",
  get: "GET",
  watch: "LIVE",
  outcome: "GET",
  inbound: "HOOK",
  operation: "OPS",
  token: "KEY"
}

/** The token of the last command: queries can wait until they show it. */
let lastToken
let stopWatching = () => {}

const headers = (more) => ({ ...more, ...authorization() })

const ask = async (path, init) => {
  const started = performance.now()
  const response = await fetch(path, init)
  const text = await response.text()
  const isJson = text !== "" && (response.headers.get("content-type") ?? "").includes("json")
  return {
    response,
    text,
    body: isJson ? JSON.parse(text) : undefined,
    millis: Math.round(performance.now() - started)
  }
}

const quoted = (text) => `'${text.replaceAll("'", String.raw`'\''`)}'`

const curl = (path, init = {}) =>
  [
    `curl ${quoted(location.origin + path)}`,
    ...Object.entries(init.headers ?? {}).map(([name, value]) => `-H ${quoted(`${name}: ${value}`)}`),
    ...(init.body === undefined ? [] : [`-d ${quoted(init.body)}`])
  ].join(" \\\n  ")

const failed = (error) =>
  h("p", { class: "badge bad" }, error instanceof SyntaxError ? `Not JSON: ${error.message}` : error.message)

const heading = (spec, path, operation) => [
  h(
    "div",
    { class: "heading" },
    h("span", { class: `badge ${operation["x-kind"]}` }, kinds[operation["x-kind"]]),
    h("h2", {}, operation.summary)
  ),
  h("p", { class: "path mono" }, path, badges(operation, spec["x-caller"])),
  (operation.description ?? "").split("\n\n").filter((paragraph) => !paragraph.startsWith("Access: ")).map((
    paragraph
  ) => h("p", {}, prose(paragraph)))
]

const responses = (spec, operation) =>
  h(
    "details",
    { class: "responses" },
    h("summary", {}, "Answers"),
    h(
      "dl",
      {},
      Object.entries(operation.responses).map(([status, given]) => {
        const response = given.$ref === undefined ? given : spec.components.responses[given.$ref.split("/").at(-1)]
        return [h("dt", {}, h("code", {}, status)), h("dd", {}, prose(response.description))]
      })
    )
  )

/** What is between the parts of a path. */
const part = (values, name) => {
  if (values[name] === undefined || values[name] === "") throw new Error(`fill in '${name}'`)
  return encodeURIComponent(values[name])
}

/** A form whose request is shown as it is typed. `request` gives the path and the rest of it. */
const form = (elements, button, request, submit) => {
  const preview = h("pre", { class: "curl" })
  const out = h("div", {})
  const update = () => {
    let text
    try {
      const { init, path } = request()
      text = curl(path, init)
    } catch (error) {
      text = `# ${error.message}`
    }
    preview.textContent = text
  }
  const element = h(
    "form",
    {
      input: update,
      submit: (event) => {
        event.preventDefault()
        Promise.resolve().then(() => submit(out)).catch((error) => out.replaceChildren(failed(error)))
      }
    },
    elements,
    h("div", { class: "actions" }, button)
  )
  update()
  return [element, h("details", { class: "request", open: true }, h("summary", {}, "Request"), preview), out]
}

const commandForm = (spec, path, operation) => {
  const content = operation.requestBody.content["application/json"]
  const payload = fields(spec, resolve(spec, content.schema), { ...content.example, ...ownFields(spec, operation) })
  const key = h("input", { placeholder: "none", spellcheck: "false" })
  const request = () => ({
    path,
    init: {
      method: "POST",
      headers: headers({
        "content-type": "application/json",
        ...(key.value === "" ? {} : { "idempotency-key": key.value })
      }),
      body: JSON.stringify(payload.value())
    }
  })
  const submit = async (out) => {
    const { init, path } = request()
    const result = await ask(path, init)
    if (result.body?.token !== undefined) lastToken = result.body.token
    out.replaceChildren(answer(result))
  }
  const idempotency = h(
    "label",
    { class: "field" },
    h("span", { class: "name" }, "Idempotency-Key"),
    key,
    h("span", { class: "hint" }, "a second command with the same key gives the first one's answer")
  )
  return form([payload.elements, idempotency], h("button", {}, "Send command"), request, submit)
}

const queryForm = (spec, path, operation) => {
  const shown = operation.parameters.filter(({ name }) => name !== "after")
  const parameters = fields(spec, parametersSchema(shown), {})
  const wait = h("input", { type: "checkbox", checked: true })
  const waits = operation.parameters.length > shown.length
  const request = (page) => {
    const values = parameters.value()
    const query = new URLSearchParams()
    let filled = path
    for (const { in: place, name } of shown) {
      if (place === "path") filled = filled.replace(`{${name}}`, part(values, name))
      else for (const value of [values[name] ?? []].flat()) query.append(name, value)
    }
    if (page !== undefined) query.set(page.name, page.value)
    if (waits && wait.checked && lastToken !== undefined) query.set("after", lastToken)
    const text = query.toString()
    return { path: text === "" ? filled : `${filled}?${text}`, init: { headers: headers({}) } }
  }
  const after = h("label", { class: "check" }, wait, "wait for the last command that this page sent")
  return { elements: waits ? [parameters.elements, after] : parameters.elements, request }
}

const readForm = (spec, path, operation) => {
  const { elements, request } = queryForm(spec, path, operation)
  // A model has lists within lists.
  const isList = operation["x-kind"] !== "get" && operation.operationId !== "ops.model"
  const submit = async (out, page) => {
    const { init, path } = request(page)
    const more = (next) => submit(out, next).catch((error) => out.replaceChildren(failed(error)))
    out.replaceChildren(answer(await ask(path, init), { isList, more }))
  }
  return form(elements, h("button", {}, "Query"), request, submit)
}

/** Reads server-sent events; `EventSource` can't send an authorization. */
const follow = async (path, init, told) => {
  const response = await fetch(path, init)
  if (!response.ok) throw new Error((await response.json()).detail)
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  for (let chunk = await reader.read(); !chunk.done; chunk = await reader.read()) {
    const blocks = (text + chunk.value).split("\n\n")
    text = blocks.pop()
    for (const block of blocks) {
      const lines = Object.fromEntries(
        block.split("\n").map((line) => [line.split(":", 1)[0], line.replace(/^\w*: ?/, "")])
      )
      if (lines.event !== undefined) told(lines)
    }
  }
}

/** Shows what is told, as it is told, the newest first. Leaving the form stops listening. */
const listen = (request) => async (out) => {
  stopWatching()
  const controller = new AbortController()
  const list = h("ol", { class: "changes" })
  const state = h("span", { class: "badge good" }, "live")
  const stop = h("button", { type: "button", class: "second", click: () => controller.abort() }, "Stop listening")
  stopWatching = () => controller.abort()
  out.replaceChildren(h("section", { class: "result" }, h("div", { class: "status" }, state, stop), list))
  const { init, path } = request()
  try {
    await follow(path, { ...init, signal: controller.signal }, (told) => list.prepend(change(told)))
    state.textContent = "ended by the server"
  } catch (error) {
    state.textContent = controller.signal.aborted ? "stopped" : String(error.message)
  }
  state.className = "badge"
  stop.remove()
}

const watchForm = (spec, path, operation) => {
  const { elements, request } = queryForm(spec, path, operation)
  return form(elements, h("button", {}, "Watch"), request, listen(request))
}

/** An operation: what it asks for, or does with a body. The progress of a rebuild is shown as it is told. */
const operationForm = (spec, path, operation) => {
  const content = operation.requestBody?.content["application/json"]
  if (content === undefined) return readForm(spec, path, operation)
  const parameters = fields(spec, parametersSchema(operation.parameters), {})
  const payload = fields(spec, resolve(spec, content.schema), content.example)
  const request = () => {
    const values = parameters.value()
    return {
      path: path.replace(/\{(\w+)\}/g, (_, name) => part(values, name)),
      init: {
        method: "POST",
        headers: headers({ "content-type": "application/json" }),
        body: JSON.stringify(payload.value())
      }
    }
  }
  const tells = operation.responses["200"].content?.["text/event-stream"] !== undefined
  const submit = tells ? listen(request) : async (out) => {
    const { init, path } = request()
    out.replaceChildren(answer(await ask(path, init), { isList: true }))
  }
  return form([parameters.elements, payload.elements], h("button", {}, operation.summary), request, submit)
}

/** A webhook: its body, and the headers that its sender makes of a secret that this page doesn't know. */
const inboundForm = (spec, path, operation) => {
  const content = operation.requestBody.content["application/json"]
  const signature = fields(spec, parametersSchema(operation.parameters), {})
  const payload = fields(spec, resolve(spec, content.schema), content.example)
  const request = () => ({
    path,
    init: {
      method: "POST",
      headers: headers({ "content-type": "application/json", ...signature.value() }),
      body: JSON.stringify(payload.value())
    }
  })
  const submit = async (out) => {
    const { init, path } = request()
    out.replaceChildren(answer(await ask(path, init)))
  }
  return form([signature.elements, payload.elements], h("button", {}, "Send"), request, submit)
}

/** A token of the development issuer, which this page then can take for its own. */
const tokenForm = (spec, path, operation) => {
  const content = operation.requestBody.content["application/json"]
  const payload = fields(spec, resolve(spec, content.schema), content.example)
  const request = () => ({
    path,
    init: {
      method: "POST",
      headers: { "content-type": "application/json" },
      body: JSON.stringify(payload.value())
    }
  })
  const submit = async (out) => {
    const { init, path } = request()
    const result = await ask(path, init)
    const take = () => {
      become(result.body.token)
      return load()
    }
    const button = h("button", { type: "button", class: "second", click: take }, "Use this token on this page")
    out.replaceChildren(...(result.response.ok ? [button] : []), answer(result))
  }
  return form(payload.elements, h("button", {}, "Get a token"), request, submit)
}

const forms = {
  command: commandForm,
  inbound: inboundForm,
  get: readForm,
  list: readForm,
  watch: watchForm,
  outcome: readForm,
  operation: operationForm,
  token: tokenForm
}

const show = (spec, { operation, path }) => {
  stopWatching()
  byId("operation").replaceChildren(
    ...heading(spec, path, operation).flat(),
    ...forms[operation["x-kind"]](spec, path, operation),
    responses(spec, operation)
  )
  for (const link of document.querySelectorAll("#operations a")) {
    link.toggleAttribute("aria-current", link.hash === location.hash)
  }
}

/** A name that may go on in the next line where a word of it begins. */
const breakable = (name) => name.split(/(?<=[a-z.])(?=[A-Z])/).flatMap((word) => [h("wbr"), word]).slice(1)

const groups = {
  command: "Commands",
  outcome: "Commands",
  inbound: "Webhooks",
  operation: "Operations",
  token: "Tokens"
}
const groupOf = ({ operation }) => groups[operation["x-kind"]] ?? "Views"

const navigation = (spec, operations) =>
  spec.tags.map(({ description, name }) => [
    h("h2", {}, name, h("span", { class: "hint" }, ` ${(description ?? "").replace("Version ", "")}`)),
    ["Commands", "Webhooks", "Views", "Operations", "Tokens"].map((group) => {
      const own = operations.filter((one) => one.operation.tags[0] === name && groupOf(one) === group)
      return own.length === 0 ? [] : [
        h("h3", {}, group),
        h(
          "ul",
          {},
          own.map(({ id, operation }) =>
            h(
              "li",
              {},
              h(
                "a",
                { href: `#${id}`, ...entry(operation, spec["x-caller"]) },
                h("span", { class: `badge ${operation["x-kind"]}` }, kinds[operation["x-kind"]]),
                h("span", {}, breakable(operation.summary))
              )
            )
          )
        )
      ]
    })
  ]).flat(3)

/** The document as the caller gets it; with a token that isn't good, as anybody does. */
const documentOf = async () => {
  const asked = await ask("/openapi.json", { headers: headers({}) })
  if (asked.response.ok) return { spec: asked.body, refusal: undefined }
  const anonymous = await ask("/openapi.json")
  if (!anonymous.response.ok) throw new Error(asked.body?.detail ?? `openapi.json: ${asked.response.status}`)
  return { spec: anonymous.body, refusal: asked.body.detail }
}

let open = () => {}

/** Shows what there is, and what of it the caller may do. */
const load = async () => {
  const { refusal, spec } = await documentOf()
  const operations = Object.entries(spec.paths).flatMap(([path, methods]) =>
    Object.values(methods).map((operation) => ({ id: operation.operationId, path, operation }))
  )
  document.title = `${spec.info.title} API`
  byId("title").textContent = spec.info.title
  byId("version").textContent = spec.info.version
  byId("operations").replaceChildren(...navigation(spec, operations))
  showCaller(spec["x-caller"], refusal)
  showIssuer(operations)
  open = () => {
    const chosen = operations.find(({ id }) => id === decodeURIComponent(location.hash.slice(1))) ?? operations[0]
    if (chosen === undefined) byId("operation").replaceChildren(h("p", { class: "hint" }, "No plugin shows anything."))
    else show(spec, chosen)
  }
  if (location.hash === "" && operations.length > 0) history.replaceState(undefined, "", `#${operations[0].id}`)
  open()
}

const reload = () => load().catch((error) => byId("operation").replaceChildren(failed(error)))

remember(reload)
addEventListener("hashchange", () => open())
await reload()

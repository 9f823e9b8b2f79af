import { PositionedEventStore } from "@reventless/core/EventStore"
import * as EventStoreMemory from "@reventless/core/EventStoreMemory"
import * as StoreServer from "@reventless/testing/StoreServer"
import * as Effect from "effect/Effect"
import * as HttpServer from "effect/http/HttpServer"
import * as Layer from "effect/Layer"
import * as ManagedRuntime from "effect/ManagedRuntime"
import { spawn } from "node:child_process"
import * as fs from "node:fs"
import * as http from "node:http"
import * as net from "node:net"
import * as os from "node:os"
import * as path from "node:path"
import { afterEach, beforeEach, describe, expect, test } from "vitest"

const layer = StoreServer.layer({ port: 0 }).pipe(Layer.provideMerge(EventStoreMemory.layer()))

let runtime: ManagedRuntime.ManagedRuntime<HttpServer.HttpServer | PositionedEventStore, unknown>
let url: string

beforeEach(async () => {
  runtime = ManagedRuntime.make(layer)
  url = await runtime.runPromise(HttpServer.addressFormattedWith((address) => Effect.succeed(address)))
})

afterEach(() => runtime.dispose())

const json = (value: unknown) => encodeURIComponent(JSON.stringify(value))

interface WireEvent {
  readonly position: number
  readonly type: string
  readonly tags: ReadonlyArray<string>
  readonly data: string
}

/** Every field that some answer has. */
interface Body {
  readonly durationInMicroseconds: number
  readonly appendConditionFailed: boolean
  readonly events: ReadonlyArray<WireEvent>
  readonly boundary: string
  readonly detail: string
  readonly errors: ReadonlyArray<{ readonly field: string; readonly message: string }>
}

const answer = async (response: Response) => ({
  status: response.status,
  type: response.headers.get("content-type"),
  body: await response.json() as Body
})

const get = async (path: string) => answer(await fetch(`${url}${path}`))

const read = async (query: unknown, options?: unknown) => {
  const parameters = `query=${json(query)}${options === undefined ? "" : `&options=${json(options)}`}`
  return await (await fetch(`${url}/read?${parameters}`)).json() as ReadonlyArray<WireEvent>
}

const post = async (body: string | Uint8Array<ArrayBuffer>, headers = { "content-type": "application/json" }) => {
  return answer(await fetch(`${url}/append`, { method: "POST", headers, body }))
}

const append = (events: unknown, condition?: unknown) => post(JSON.stringify({ events, condition }))

const event = (type: string, tags: ReadonlyArray<string>, data = "{}") => ({ type, tags, data })

const all = { items: [] }

describe("reading and appending as the dcb.events suite does", () => {
  test("an append answers how long it took and that its condition held; the events are read as they were sent", async () => {
    const events = [event("T", ["tag1"], "{\"a\": 1}"), event("U", [], "not json")]
    const appended = await append(events)
    expect(appended.status).toBe(200)
    expect(appended.body).toEqual({ durationInMicroseconds: expect.any(Number), appendConditionFailed: false })
    expect(appended.body.durationInMicroseconds).toBeGreaterThanOrEqual(0)
    expect(await read(all)).toEqual(events.map((event, index) => ({ position: index + 1, ...event })))
  })

  test("data comes back byte by byte, whatever text it is", async () => {
    const texts = [
      "",
      " {\"b\":1,\n \"a\":1.0} ",
      "\u0000\u0007\u2028",
      "\u{1F680}\u00e9e\u0301",
      "\ud800 lone",
      "\\u0041",
      "null"
    ]
    await append(texts.map((data) => event("T", [], data)))
    expect((await read(all)).map(({ data }) => data)).toEqual(texts)
  })

  test("a query selects by types and tags; options give from, limit and the direction", async () => {
    await append([event("T", ["a", "b"]), event("U", ["a"]), event("T", ["a"]), event("T", ["b"])])
    const positions = async (query: unknown, options?: unknown) =>
      (await read(query, options)).map(({ position }) => position)
    expect(await positions({ items: [{ types: ["T"], tags: ["a"] }] })).toEqual([1, 3])
    expect(await positions({ items: [{ types: ["U"] }, { tags: ["b"] }] })).toEqual([1, 2, 4])
    expect(await positions(all, { from: 0, limit: 1 })).toEqual([1])
    expect(await positions(all, { from: 3 })).toEqual([3, 4])
    expect(await positions({ items: [{ tags: ["a"] }] }, { backwards: true, limit: 1 })).toEqual([3])
    expect(await positions(all, { backwards: true, from: 2 })).toEqual([2, 1])
    expect(await positions({ items: [{ tags: ["none"] }] }, { backwards: true, limit: 1 })).toEqual([])
  })

  test("a broken condition answers 200 with appendConditionFailed and writes nothing", async () => {
    const failIfEventsMatch = { items: [{ types: ["T"], tags: ["a"] }] }
    expect((await append([event("T", ["a"])], { failIfEventsMatch, after: 0 })).body.appendConditionFailed).toBe(false)
    const second = await append([event("T", ["a"])], { failIfEventsMatch })
    expect(second.status).toBe(200)
    expect(second.body.appendConditionFailed).toBe(true)
    expect((await append([event("T", ["a"])], { failIfEventsMatch, after: 0 })).body.appendConditionFailed).toBe(true)
    expect(await read(all)).toHaveLength(1)
    expect((await append([event("T", ["a"])], { failIfEventsMatch, after: 1 })).body.appendConditionFailed).toBe(false)
    expect(await read(all)).toHaveLength(2)
  })

  test("every accepted append saw exactly what precedes it, with many at once through HTTP", async () => {
    const query = { items: [{ tags: ["hot"] }, { types: ["U"] }] }
    const last = async () => (await read(query, { backwards: true, limit: 1 }))[0]?.position ?? 0
    let refused = 0
    await Promise.all(Array.from({ length: 12 }, async (_, writer) => {
      for (let turn = 0; turn < 8; turn++) {
        const seen = await last()
        const type = (writer + turn) % 3 === 0 ? "U" : "T"
        const { body } = await append([event(type, [type === "T" ? "hot" : "cold"], `${seen}`)], {
          failIfEventsMatch: query,
          after: seen
        })
        if (body.appendConditionFailed) refused++
      }
    }))
    const events = await read(all)
    expect(events.length + refused).toBe(96)
    expect(refused).toBeGreaterThan(0)
    events.forEach(({ data }, index) => expect(Number(data)).toBe(index === 0 ? 0 : events[index - 1]!.position))
  })
})

describe("boundaries", () => {
  test("a boundary is read with its events and taken as a condition, once", async () => {
    await append([event("T", ["a"])])
    const { body, status } = await get(`/boundary?query=${json({ items: [{ tags: ["a"] }] })}`)
    expect(status).toBe(200)
    expect(body).toEqual({ events: [{ position: 1, ...event("T", ["a"]) }], boundary: expect.any(String) })
    await append([event("T", ["b"])])
    const { boundary } = body
    expect((await append([event("T", ["a"])], { boundary })).body.appendConditionFailed).toBe(false)
    expect((await append([event("T", ["a"])], { boundary })).body.appendConditionFailed).toBe(true)
    expect(await read(all)).toHaveLength(3)
  })

  test("of many who read a boundary and then append on it one succeeds", async () => {
    const boundaries = await Promise.all(
      Array.from(
        { length: 10 },
        async () => (await get(`/boundary?query=${json({ items: [{ tags: ["a"] }] })}`)).body.boundary
      )
    )
    const answers = await Promise.all(boundaries.map((boundary) => append([event("T", ["a"])], { boundary })))
    expect(answers.filter(({ body }) => !body.appendConditionFailed)).toHaveLength(1)
    expect(await read(all)).toHaveLength(1)
  })
})

describe("malformed requests are refused, name the field, and write nothing", () => {
  const good = event("T", ["a"])
  const bodies: ReadonlyArray<readonly [name: string, body: unknown, field: string]> = [
    ["no events", {}, "events"],
    ["an empty list of events", { events: [] }, "events"],
    ["events that are no list", { events: good }, "events"],
    ["an event without a type", { events: [good, { tags: [], data: "" }] }, "events[1].type"],
    ["an empty type", { events: [event("", [])] }, "events[0].type"],
    ["a type with a lone surrogate", { events: [event("\ud800", [])] }, "events[0].type"],
    ["an event without tags", { events: [{ type: "T", data: "" }] }, "events[0].tags"],
    ["a tag that is no text", { events: [{ type: "T", tags: ["a", 1], data: "" }] }, "events[0].tags[1]"],
    ["an empty tag", { events: [event("T", [""])] }, "events[0].tags[0]"],
    ["a tag of 301 characters", { events: [event("T", ["x".repeat(301)])] }, "events[0].tags[0]"],
    ["data that is no text", { events: [{ type: "T", tags: [], data: { a: 1 } }] }, "events[0].data"],
    ["an event without data", { events: [{ type: "T", tags: [] }] }, "events[0].data"],
    ["an unknown field of an event", { events: [{ ...good, tag: "a" }] }, "events[0].tag"],
    ["an unknown field of the body", { events: [good], conditions: {} }, "conditions"],
    ["a condition that is null", { events: [good], condition: null }, "condition"],
    ["an empty condition", { events: [good], condition: {} }, "condition"],
    ["a condition with `after` alone", { events: [good], condition: { after: 1 } }, "condition"],
    ["an unknown field of the condition", {
      events: [good],
      condition: { failIfEventsMatch: { items: [] }, before: 1 }
    }, "condition.before"],
    ["a negative `after`", { events: [good], condition: { failIfEventsMatch: all, after: -1 } }, "condition.after"],
    [
      "an `after` that is no integer",
      { events: [good], condition: { failIfEventsMatch: all, after: 1.5 } },
      "condition.after"
    ],
    [
      "a query without items",
      { events: [good], condition: { failIfEventsMatch: {} } },
      "condition.failIfEventsMatch.items"
    ],
    ["a misspelt field of a query item", {
      events: [good],
      condition: { failIfEventsMatch: { items: [{ tag: ["a"] }] } }
    }, "condition.failIfEventsMatch.items[0].tag"],
    ["a text that is no boundary", { events: [good], condition: { boundary: "1x" } }, "condition.boundary"],
    ["a boundary with a query", {
      events: [good],
      condition: {
        boundary: "1eyJxdWVyeSI6eyJpdGVtcyI6W119LCJleHRlbnQiOnsiX3RhZyI6Ik5vdGhpbmcifX0",
        failIfEventsMatch: all
      }
    }, "condition"],
    ["a boundary with `after`", {
      events: [good],
      condition: { boundary: "1eyJxdWVyeSI6eyJpdGVtcyI6W119LCJleHRlbnQiOnsiX3RhZyI6Ik5vdGhpbmcifX0", after: 1 }
    }, "condition"],
    ["a body that is a list", [good], "body"],
    ["a body that is null", null, "body"]
  ]
  for (const [name, body, field] of bodies) {
    test(name, async () => {
      const refused = await post(JSON.stringify(body))
      expect(refused.status).toBe(400)
      expect(refused.type).toContain("application/problem+json")
      expect(refused.body.errors.map((error) => error.field)).toContain(field)
      expect(refused.body.detail).toContain(field)
      expect(await read(all)).toEqual([])
    })
  }

  test("a body that is no JSON, no UTF-8, or empty", async () => {
    for (const body of ["{", "", "\ufeff{}", new Uint8Array([0x7b, 0xff, 0x7d])]) {
      const refused = await post(body)
      expect(refused.status).toBe(400)
      expect(refused.body.errors[0]?.field).toBe("body")
    }
    expect(await read(all)).toEqual([])
  })

  const targets: ReadonlyArray<readonly [path: string, field: string]> = [
    ["/read", "query"],
    ["/read?query=", "query"],
    ["/read?query={", "query"],
    ["/read?query=%FF", "query"],
    ["/read?query=[]", "query"],
    [`/read?query=${json({})}`, "query.items"],
    [`/read?query=${json({ items: [{ types: "T" }] })}`, "query.items[0].types"],
    [`/read?query=${json({ items: [{ types: [""] }] })}`, "query.items[0].types[0]"],
    [`/read?query=${json({ items: [{ tag: ["a"] }] })}`, "query.items[0].tag"],
    [`/read?query=${json(all)}&query=${json(all)}`, "query"],
    [`/read?query=${json(all)}&option=${json({})}`, "option"],
    [`/read?query=${json(all)}&options=${json({ from: -1 })}`, "options.from"],
    [`/read?query=${json(all)}&options=${json({ from: "1" })}`, "options.from"],
    [`/read?query=${json(all)}&options=${json({ limit: 0.5 })}`, "options.limit"],
    [`/read?query=${json(all)}&options=${json({ backwards: 1 })}`, "options.backwards"],
    [`/read?query=${json(all)}&options=${json({ after: 1 })}`, "options.after"],
    [`/read?query=${json(all)}&options=null`, "options"],
    ["/boundary", "query"],
    [`/boundary?query=${json(all)}&options=${json({})}`, "options"]
  ]
  for (const [target, field] of targets) {
    test(`GET ${decodeURIComponent(target.replace("%FF", "?"))}`, async () => {
      const refused = await get(target)
      expect(refused.status).toBe(400)
      expect(refused.body.errors.map((error) => error.field)).toContain(field)
    })
  }

  test("a boundary that another kind of store made", async () => {
    const text = JSON.stringify({ query: all, extent: { _tag: "Versions", versions: { "t#a": 1 } } })
    const boundary = `1${Buffer.from(text).toString("base64url")}`
    expect((await append([good], { boundary })).status).toBe(400)
    expect(await read(all)).toEqual([])
  })

  test("an unknown path is 404 and another method is 405 that names the right one", async () => {
    expect((await get("/events")).status).toBe(404)
    expect((await get("/")).status).toBe(404)
    const response = await fetch(`${url}/append`)
    expect(response.status).toBe(405)
    expect(response.headers.get("allow")).toBe("POST")
    expect((await fetch(`${url}/read?query=${json(all)}`, { method: "DELETE" })).status).toBe(405)
  })

  test("a body over 1 MiB is 413, with its length announced or not, and the server goes on", async () => {
    const body = JSON.stringify({ events: [event("T", [], "x".repeat(StoreServer.maxBodySize))] })
    const announced = await send(body, { "content-length": `${body.length}` })
    expect(announced).toBe(413)
    expect(await send(body, { "transfer-encoding": "chunked" })).toBe(413)
    expect(await read(all)).toEqual([])
    expect((await append([good])).status).toBe(200)
  })

  test("a body of just 1 MiB is taken", async () => {
    const empty = JSON.stringify({ events: [event("T", [], "")] })
    const body = JSON.stringify({ events: [event("T", [], "x".repeat(StoreServer.maxBodySize - empty.length))] })
    expect(body.length).toBe(StoreServer.maxBodySize)
    expect((await post(body)).status).toBe(200)
  })

  test("a client that goes away in the middle of its body writes nothing", async () => {
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1")
    const body = JSON.stringify({ events: [good] })
    socket.write(`POST /append HTTP/1.1\r\nhost: x\r\ncontent-length: ${body.length}\r\n\r\n${body.slice(0, -1)}`)
    await new Promise((resolve) => setTimeout(resolve, 50))
    socket.destroy()
    await new Promise((resolve) => setTimeout(resolve, 50))
    expect(await read(all)).toEqual([])
  })
})

/** Sends a body with these headers and answers the status, also when the server stops reading in between. */
const send = (body: string, headers: Record<string, string>): Promise<number> =>
  new Promise((resolve, reject) => {
    const request = http.request(`${url}/append`, { method: "POST", headers }, (response) => {
      response.resume()
      resolve(response.statusCode ?? 0)
    })
    request.on("error", reject)
    request.end(body)
  })

describe("the command", () => {
  const bin = path.resolve(import.meta.dirname, "../bin/store-server.ts")

  const start = async (...args: ReadonlyArray<string>) => {
    const child = spawn(process.execPath, [bin, ...args], { stdio: ["ignore", "pipe", "pipe"] })
    const closed = new Promise<number | null>((resolve) => child.on("close", resolve))
    const output = await new Promise<string>((resolve) => {
      let output = ""
      const collect = (chunk: Buffer) => {
        output += chunk
        if (output.startsWith("ready ") && output.includes("\n")) resolve(output.trim())
      }
      child.stdout.on("data", collect)
      child.stderr.on("data", collect)
      child.on("close", () => resolve(output))
    })
    return { child, closed, output, url: output.replace("ready ", "") }
  }

  test("prints ready with its URL when it listens, serves, and ends on SIGTERM and SIGINT", async () => {
    for (const signal of ["SIGTERM", "SIGINT"] as const) {
      const { child, closed, output, url } = await start("--store", "memory", "--port", "0")
      expect(output).toMatch(/^ready http:\/\/127\.0\.0\.1:\d+$/)
      expect(await (await fetch(`${url}/read?query=${json(all)}`)).json()).toEqual([])
      child.kill(signal)
      expect(await closed).toBe(0)
    }
  })

  test("with sqlite what was appended is there after a restart", async () => {
    const folder = fs.mkdtempSync(path.join(os.tmpdir(), "store-server-test-"))
    for (const round of [1, 2]) {
      const { child, closed, url } = await start(
        "--store",
        "sqlite",
        "--file",
        path.join(folder, "s.db"),
        "--port",
        "0"
      )
      const body = JSON.stringify({ events: [event("T", ["a"], `${round}`)] })
      expect((await fetch(`${url}/append`, { method: "POST", body })).status).toBe(200)
      const events = await (await fetch(`${url}/read?query=${json(all)}`)).json() as ReadonlyArray<WireEvent>
      expect(events.map(({ data }) => data)).toEqual(["1", "2"].slice(0, round))
      child.kill("SIGTERM")
      expect(await closed).toBe(0)
    }
    fs.rmSync(folder, { recursive: true })
  })

  test("ends although a client never finishes its request", async () => {
    const { child, closed, url } = await start("--port", "0")
    const socket = net.connect(Number(new URL(url).port), "127.0.0.1")
    socket.on("error", () => undefined)
    socket.write("POST /append HTTP/1.1\r\nhost: x\r\ncontent-length: 100\r\n\r\n{")
    await new Promise((resolve) => setTimeout(resolve, 100))
    child.kill("SIGTERM")
    expect(await closed).toBe(0)
  })

  test("a port in use ends it with a sentence that names the way out", async () => {
    const { closed, output } = await start("--port", new URL(url).port)
    expect(await closed).toBe(1)
    expect(output).toContain("Choose another port with --port")
  })
})

import * as Effect from "effect/Effect"
import * as net from "node:net"
import type { Wire } from "./request.ts"

/** What came back. */
export interface Answer {
  /** Undefined when the connection was closed without an answer. */
  readonly status: number | undefined
  readonly text: string
}

const bytesOf = ({ body, broken, headers, method, target }: Wire): Buffer => {
  const content = Buffer.from(body ?? "", "utf8")
  const given = new Set(headers.map(([name]) => name))
  const lines = [
    `${method} ${target} HTTP/1.1`,
    ...(given.has("host") ? [] : ["host: 127.0.0.1"]),
    "connection: close",
    ...(body === undefined || (broken && given.has("content-length")) || given.has("transfer-encoding")
      ? []
      : [`content-length: ${content.length}`]),
    ...headers.map(([name, value]) => `${name}: ${value}`)
  ]
  return Buffer.concat([Buffer.from(`${lines.join("\r\n")}\r\n\r\n`, "utf8"), content])
}

const statusOf = (text: string): number | undefined => {
  const [, status] = /^HTTP\/1\.1 (\d{3})/.exec(text) ?? []
  return status === undefined ? undefined : Number(status)
}

/** A stream without end is told by its first bytes. */
const isStream = (text: string): boolean =>
  /^content-type: text\/event-stream/im.test(text) && text.includes("\r\n\r\n")

/** Sends a request over a connection of its own, and gives what comes back until it is closed. */
export const exchange = (server: { readonly host: string; readonly port: number }, wire: Wire): Effect.Effect<Answer> =>
  Effect.callback<Answer>((resume) => {
    let text = ""
    const socket = net.connect(server.port, server.host, () => {
      socket.write(bytesOf(wire))
      // Nothing more comes: what was announced and isn't there would be waited for.
      if (wire.broken) socket.end()
    })
    const done = () => {
      socket.destroy()
      resume(Effect.succeed({ status: statusOf(text), text }))
    }
    socket.setEncoding("utf8")
    socket.on("data", (data: string) => {
      text += data
      if (isStream(text)) done()
    })
    socket.on("error", done)
    socket.on("close", done)
    return Effect.sync(() => socket.destroy())
  })

/** A request on one line, to be read. */
export const show = ({ body, headers, method, target }: Wire): string => {
  const cut = (text: string) => text.length > 300 ? `${text.slice(0, 300)}… (${text.length})` : text
  const fields = headers.map(([name, value]) => ` ${cut(name)}: ${cut(value)};`).join("")
  return `${method} ${cut(target)}${fields}${body === undefined ? "" : ` ${cut(JSON.stringify(body))}`}`
}

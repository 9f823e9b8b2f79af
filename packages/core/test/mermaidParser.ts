import { assert } from "@effect/vitest"
import * as Effect from "effect/Effect"
import type { Mermaid } from "mermaid"

/** What Mermaid looks for to clean labels by; it takes them as they are when it can't make documents there. */
const noPage = {
  document: { nodeType: 9, implementation: {}, createElement: () => ({}) },
  Element: class {},
  Node: class {}
}

/** Mermaid itself, loaded without a page: it parses, and can't draw. */
const load = Effect.promise(async (): Promise<Mermaid> => {
  const world = globalThis as { window?: unknown }
  world.window = noPage
  const { default: mermaid } = await import("mermaid")
  delete world.window
  return mermaid
})

/** What kind of diagram Mermaid takes a text for. Fails with what Mermaid says of it. */
export const parse = Effect.fnUntraced(function*(picture: string) {
  const mermaid = yield* load
  const { diagramType } = yield* Effect.tryPromise({
    try: () => mermaid.parse(picture),
    catch: (error) => `${(error as Error).message}\n\n${picture}`
  })
  return diagramType
})

/** What an arrow of an event model may come from. */
const sources: Readonly<Record<string, string>> = { cmd: "pcr", evt: "cmd", rmo: "evt", pcr: "rmo" }

/** Claims that pictures are event models to Mermaid, and that each arrow comes from an earlier box of the right kind. */
export const checkEventModels = Effect.fnUntraced(function*(pictures: ReadonlyArray<string>) {
  for (const picture of pictures) {
    assert.strictEqual(yield* parse(picture), "eventmodeling")
    const kinds = new Map<string, string>()
    for (const line of picture.trimEnd().split("\n").slice(2)) {
      const [, number, kind, , ...arrows] = line.split(" ")
      for (const source of arrows.filter((word) => word !== "->>")) {
        assert.strictEqual(
          kinds.get(source),
          sources[kind!],
          `${line}: an arrow comes from an earlier ${sources[kind!]}`
        )
      }
      kinds.set(number!, kind!)
    }
  }
})

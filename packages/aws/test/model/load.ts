/** Loads the store as it is, or without one of its rules: its own source, changed on the way into memory. */
import * as DynamoSimulation from "@reventless/testing/DynamoSimulation"
import * as Effect from "effect/Effect"
import * as fs from "node:fs"
import { registerHooks } from "node:module"
import * as path from "node:path"
import { fileURLToPath, pathToFileURL } from "node:url"
import type { Changed } from "./mutants.ts"

const source = path.resolve(import.meta.dirname, "../../src")

/** The source of a file without the mutant's rule. */
const changed = (mutant: Changed, file: string, text: string): string =>
  mutant.edits.filter((edit) => path.join(source, edit.file) === file).reduce((text, { file, find, replace }) => {
    const times = text.split(find).length - 1
    if (times !== 1) throw new Error(`${mutant.rule}: ${JSON.stringify(find)} occurs ${times} times in ${file}`)
    return text.replace(find, () => replace)
  }, text)

/** Throws when a mutant no longer fits the source. */
export const fits = (mutant: Changed): void => {
  for (const { file } of mutant.edits) {
    const name = path.join(source, file)
    changed(mutant, name, fs.readFileSync(name, "utf8"))
  }
}

/** The modules of the store; of a mutant when one is given. Every mutant has modules of its own. */
export const modules = async (mutant?: Changed) => {
  const mark = mutant === undefined ? "" : `?without=${mutant.rule.replaceAll(/\W+/g, "-")}`
  const loaded = new Set<string>()
  const inSource = (url: string) => url.startsWith(pathToFileURL(source).href)
  const hooks = registerHooks({
    resolve: (specifier, context, next) => {
      const resolved = next(specifier, context)
      const asked = context.parentURL?.endsWith(mark) === true && inSource(resolved.url)
      return asked ? { ...resolved, url: resolved.url.split("?")[0]! + mark } : resolved
    },
    load: (url, context, next) => {
      const found = next(url, context)
      if (mutant === undefined || !inSource(url) || !url.endsWith(mark)) return found
      const file = fileURLToPath(url.split("?")[0]!)
      loaded.add(file)
      return { ...found, source: changed(mutant, file, String(found.source)) }
    }
  })
  const module = (name: string) => import(`${pathToFileURL(path.join(source, name)).href}${mark}`)
  const Dynamo = await module("Dynamo.ts") as typeof import("@reventless/aws/Dynamo")
  const EventStoreDynamo = await module("EventStoreDynamo.ts") as typeof import("@reventless/aws/EventStoreDynamo")
  const Doorbells = await module("Doorbells.ts") as typeof import("@reventless/aws/Doorbells")
  const PendingRings = await module("internal/pendingRings.ts") as typeof import("../../src/internal/pendingRings.ts")
  hooks.deregister()
  const missing = mutant?.edits.find(({ file }) => !loaded.has(path.join(source, file)))
  if (missing !== undefined) throw new Error(`${mutant!.rule}: ${missing.file} was not loaded`)
  return { Dynamo, Doorbells, EventStoreDynamo, PendingRings }
}

/** How the store is opened; of a mutant when one is given. */
export const load = async (mutant?: Changed): Promise<DynamoSimulation.Open> => {
  const { Doorbells, Dynamo, EventStoreDynamo } = await modules(mutant)
  return (send, plan) =>
    EventStoreDynamo.make({ table: "events", plan }).pipe(
      Effect.provideService(Dynamo.Dynamo, Dynamo.fromRaw(send)),
      Effect.provideService(Doorbells.Doorbells, Doorbells.make(() => Effect.die("nobody follows events here")))
    )
}

import * as Contract from "@reventless/core/Contract"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Path from "effect/Path"
import * as Schema from "effect/Schema"
import * as SemVer from "effect/SemVer"
import { refused } from "../failure.ts"
import type { SpecPackage } from "./specPackages.ts"

/** How an extension point stands to what was published of it. */
export interface PointVerdict extends Contract.Verdict {
  readonly name: string
  /** What its package exports now, the oldest first. */
  readonly contracts: ReadonlyArray<Contract.Contract>
  /** The file that holds what was published. */
  readonly file: string
  /** What the file holds. */
  readonly published: ReadonlyArray<Contract.Contract>
  /** Whether publishing would change the file. */
  readonly isNew: boolean
}

const decode = Schema.decodeEffect(Schema.fromJsonString(Contract.Published))

const readPublished = Effect.fnUntraced(function*(file: string) {
  const fs = yield* FileSystem.FileSystem
  const unreadable = ({ message }: { readonly message: string }) =>
    refused(`${file} can't be read: ${message}. Take back what was changed in it by hand.`)
  if (!(yield* Effect.mapError(fs.exists(file), unreadable))) return undefined
  const text = yield* Effect.mapError(fs.readFileString(file), unreadable)
  return { text, ...(yield* Effect.mapError(decode(text), unreadable)) }
})

/** What a file holds after it is published. */
export const fileText = (name: string, published: ReadonlyArray<Contract.Contract>): string =>
  Contract.stringify({ name, published })

/** The contracts that a package's files hold and that it doesn't export. */
const forgotten = Effect.fnUntraced(function*(folder: string, names: ReadonlyArray<string>) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const at = path.join(folder, "contracts")
  const files = yield* Effect.orElseSucceed(fs.readDirectory(at), () => [])
  return files.filter((file) => file.endsWith(".json") && !names.includes(file.slice(0, -".json".length))).sort().map(
    (file): string =>
      `'${
        file.slice(0, -".json".length)
      }' was published, and its package doesn't export it any more. Export it again, or ` +
      `delete ${path.join(at, file)} when nobody connects to it`
  )
})

const byVersion = ({ version: a }: Contract.Contract, { version: b }: Contract.Contract): number =>
  SemVer.Order(SemVer.parseUnsafe(a.events), SemVer.parseUnsafe(b.events)) ||
  SemVer.Order(SemVer.parseUnsafe(a.commands), SemVer.parseUnsafe(b.commands))

const ofPoint = Effect.fnUntraced(function*(folder: string, name: string, points: SpecPackage["points"]) {
  const path = yield* Path.Path
  const file = path.join(folder, "contracts", `${name}.json`)
  const stored = yield* readPublished(file)
  const published = stored?.published ?? []
  const contracts = points.filter(({ tag }) => tag === name).map(Contract.of).sort(byVersion)
  const verdict = Contract.check(published, contracts)
  const isNew = fileText(name, verdict.publishes) !== fileText(name, published)
  const made: PointVerdict = { ...verdict, name, contracts, file, published, isNew }
  return made
})

/** How every extension point of a package stands, and what else is wrong with its published contracts. */
export const ofPackage = Effect.fnUntraced(function*({ folder, points }: SpecPackage) {
  const names = [...new Set(points.map(({ tag }) => tag))].sort()
  const verdicts = yield* Effect.forEach(names, (name) => ofPoint(folder, name, points))
  return { verdicts, forgotten: yield* forgotten(folder, names) }
})

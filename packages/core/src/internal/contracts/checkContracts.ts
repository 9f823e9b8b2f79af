import * as SemVer from "effect/SemVer"
import type { Change, Contract, Verdict } from "../../Contract.ts"
import * as CompareContracts from "./compareContracts.ts"

type Half = Change["half"]
const halves: ReadonlyArray<Half> = ["commands", "events"]

const version = (half: Half) => ({ version }: Contract): SemVer.SemVer => SemVer.parseUnsafe(version[half])
const majors = (contract: Contract): string => halves.map((half) => version(half)(contract).major).join(".")

/** The one with the highest version of a half. */
const highest = (half: Half, contracts: ReadonlyArray<Contract>): Contract | undefined =>
  [...contracts].sort((a, b) => SemVer.Order(version(half)(b), version(half)(a)))[0]

const changesOf = (half: Half, previous: Contract, next: Contract): ReadonlyArray<Change> =>
  CompareContracts.changes(previous, next).filter((change) => change.half === half)

/** Ways out as a choice: `Make it optional, or take it back`. */
const oneOf = (ways: ReadonlyArray<string>): string => {
  const text = `${ways.slice(0, -1).join(", ")}, or ${ways.at(-1)}`
  return text.charAt(0).toUpperCase() + text.slice(1)
}

/** What is wrong with one half of a contract, given the last one that was published of its major version. */
const problemsOf = (half: Half, previous: Contract, next: Contract): ReadonlyArray<string> => {
  const [before, after] = [version(half)(previous), version(half)(next)]
  const what = `the ${half} of '${next.name}'`
  const [was, is] = [previous.version[half], next.version[half]]
  if (SemVer.isLessThan(after, before)) return [`${what} went back from version ${was} to ${is}`]
  const changes = changesOf(half, previous, next)
  const breaking = changes.filter(({ isBreaking }) => isBreaking)
  if (breaking.length > 0) {
    const now = was === is
      ? `are still ${is}, and break what was built with it`
      : `are ${is}, and break what was built with ${was}`
    const whole = next.version.commands === next.version.events ? "the contract" : `its ${half}`
    const major = `make ${whole} ${before.major + 1}.0.0 and serve ${before.major}.x with 'older'`
    return breaking.map(({ detail, instead = [], why }) =>
      `${what} ${now}: ${detail}: ${why}. ${oneOf([...instead, major])}`
    )
  }
  const added = changes.filter(({ bump }) => bump === "minor").map(({ detail }) => detail)
  if (added.length === 0 || after.minor > before.minor) return []
  const next_ = `${before.major}.${before.minor + 1}.0`
  return [`${what} grew since version ${was} and are ${is}: ${added.join("; ")}. Make it ${next_}`]
}

/** What is wrong with contracts, given what was published of them. */
export const check = (published: ReadonlyArray<Contract>, contracts: ReadonlyArray<Contract>): Verdict => {
  const changes: Array<Change> = []
  const problems: Array<string> = []
  const isUsed = (half: Half) => [...published, ...contracts].some((one) => Object.keys(one[half]).length > 0)
  for (const half of halves.filter((half) => half === "events" || isUsed(half))) {
    const [last, now] = [highest(half, published), highest(half, contracts)]
    if (last !== undefined && now !== undefined && version(half)(now).major < version(half)(last).major) {
      problems.push(
        `the ${half} of '${now.name}' went back from version ${last.version[half]} to ${now.version[half]}`
      )
    }
    for (const contract of contracts) {
      const { major } = version(half)(contract)
      const previous = published.find((one) => majors(one) === majors(contract)) ??
        highest(half, published.filter((one) => version(half)(one).major === major))
      if (previous === undefined) {
        // A new major version may break everything: what it breaks is told, and nothing is wrong with it.
        const older = highest(half, published.filter((one) => version(half)(one).major < major))
        if (older !== undefined) changes.push(...changesOf(half, older, contract))
        continue
      }
      changes.push(...changesOf(half, previous, contract))
      problems.push(...problemsOf(half, previous, contract))
    }
  }
  const byMajors = new Map(published.map((contract) => [majors(contract), contract]))
  for (const contract of contracts) {
    const twice = contracts.find((other) => other !== contract && majors(other) === majors(contract))
    if (twice !== undefined && contracts.indexOf(twice) < contracts.indexOf(contract)) {
      problems.push(`'${contract.name}' has two contracts of one major version`)
    }
    byMajors.set(majors(contract), contract)
  }
  const publishes = [...byMajors.values()].sort((a, b) =>
    SemVer.Order(version("events")(a), version("events")(b)) ||
    SemVer.Order(version("commands")(a), version("commands")(b))
  )
  const exported = new Set(contracts.map(majors))
  return { changes, problems, publishes, dropped: published.filter((one) => !exported.has(majors(one))) }
}

import * as Clock from "effect/Clock"
import * as Effect from "effect/Effect"
import * as HttpClient from "effect/http/HttpClient"
import * as Semaphore from "effect/Semaphore"
import type { FindKeys } from "../JwtKeys.ts"
import { CredentialsUnchecked } from "../PrincipalResolver.ts"
import { isLoopback } from "./loopback.ts"
import * as StaticKeys from "./staticKeys.ts"

/** How long keys are used without asking for them again, in milliseconds. */
const maxAge = 10 * 60_000
/** How long they are used when nobody answers. */
const maxStale = 60 * 60_000
/** How often they are asked for at most: after an answer, and after none. */
const cooldown = { answered: 30_000, failed: 1000 }
const timeout = "5 seconds"

const addressOf = (given: string): Effect.Effect<URL, string> => {
  const url = URL.canParse(given) ? new URL(given) : undefined
  return url !== undefined && (url.protocol === "https:" || (url.protocol === "http:" && isLoopback(url.hostname)))
    ? Effect.succeed(url)
    : Effect.fail(`'${given}' is no https URL`)
}

interface Known {
  readonly find: FindKeys
  /** When they were told. */
  readonly at: number
}

/** Keys that are asked for where they are published. */
export const open = Effect.fnUntraced(function*(given: string) {
  const url = yield* addressOf(given)
  const http = HttpClient.filterStatusOk(yield* HttpClient.HttpClient)
  const one = yield* Semaphore.make(1)
  let known: Known | undefined
  let nextAt = -Infinity

  const ask = Effect.gen(function*() {
    const response = yield* http.get(url)
    const find = yield* StaticKeys.set(yield* response.json)
    known = { find, at: yield* Clock.currentTimeMillis }
    return cooldown.answered
  }).pipe(
    Effect.timeout(timeout),
    Effect.catch((error) =>
      Effect.as(Effect.logWarning(`The keys of ${url.href} can't be had`, error), cooldown.failed)
    )
  )

  /** Asks anew, unless somebody else just has. Those who come meanwhile wait. */
  const refresh = one.withPermit(Effect.gen(function*() {
    if ((yield* Clock.currentTimeMillis) < nextAt) return
    const pause = yield* ask
    nextAt = (yield* Clock.currentTimeMillis) + pause
  }))

  const age = Effect.map(Clock.currentTimeMillis, (now) => known === undefined ? Infinity : now - known.at)

  const find: FindKeys = Effect.fnUntraced(function*(header) {
    if ((yield* age) >= maxAge) yield* refresh
    if (known === undefined || (yield* age) >= maxStale) {
      return yield* new CredentialsUnchecked({ detail: `the keys of ${url.href} can't be had` })
    }
    const found = yield* known.find(header)
    if (found.length > 0) return found
    yield* refresh
    return yield* known.find(header)
  })
  return find
})

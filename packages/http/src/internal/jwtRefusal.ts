import * as DateTime from "effect/DateTime"
import * as Option from "effect/Option"
import * as Jose from "jose"

/** What a token says, as its reader is shown it: cut, and without what isn't a letter. */
export const shown = (text: string): string => `'${text.slice(0, 64).toWellFormed().replace(/\p{C}/gu, "?")}'`

const instant = (seconds: unknown): string =>
  typeof seconds === "number"
    ? Option.match(DateTime.make(seconds * 1000), {
      onNone: () => "another time",
      onSome: (time) => DateTime.formatIso(time).replace(".000Z", "Z")
    })
    : "another time"

const units = [["day", 86_400], ["hour", 3600], ["minute", 60], ["second", 1]] as const

/** How long, in the greatest unit that it has one of. */
const span = (seconds: number): string => {
  const [unit, size] = units.find(([, size]) => seconds >= size) ?? ["second", 1]
  const count = Math.max(1, Math.floor(seconds / size))
  return `${count} ${unit}${count === 1 ? "" : "s"}`
}

/** What a token was expected to say. */
interface Wanted {
  /** In milliseconds since 1970. */
  readonly now: number
  readonly issuer: string
  readonly audience: ReadonlyArray<string>
}

const ofClaim = ({ claim, payload, reason }: Jose.errors.JWTClaimValidationFailed, wanted: Wanted): string => {
  if (reason === "missing") return `the token has no '${claim}'`
  switch (claim) {
    case "iss":
      return `the token is from another issuer: ${shown(String(payload.iss))}, not '${wanted.issuer}'`
    case "aud":
      return `the token is for somebody else: its 'aud' has to name '${wanted.audience.join("' or '")}'`
    case "nbf":
      return reason === "invalid"
        ? "the token's 'nbf' must be a number"
        : `the token isn't good before ${instant(payload.nbf)}`
    default:
      return `the token's '${claim}' isn't what it must be`
  }
}

/** Why a token isn't good, for its bearer. */
export const reason = (failure: Jose.errors.JOSEError, wanted: Wanted): string => {
  if (failure instanceof Jose.errors.JWTExpired) {
    const { exp } = failure.payload
    return `the token expired ${span(wanted.now / 1000 - Number(exp))} ago, at ${instant(exp)}`
  }
  if (failure instanceof Jose.errors.JWTClaimValidationFailed) return ofClaim(failure, wanted)
  if (failure instanceof Jose.errors.JWSSignatureVerificationFailed) return "the token's signature is wrong"
  return "the token is no JWT of the kind that is taken here"
}

import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as Effect from "effect/Effect"
import * as FileSystem from "effect/FileSystem"
import * as Schema from "effect/Schema"
import * as Jose from "jose"

/** The key of a development issuer. */
export interface DevelopmentKey {
  readonly privateKey: Jose.CryptoKey
  readonly publicJwk: Jose.JWK
  /** Its fingerprint, so that a token of another key is told apart from a forged one. */
  readonly kid: string
}

const algorithm = "ES256"

/** What the file holds: a private JSON Web Key. */
const Stored = Schema.fromJsonString(
  Schema.Struct({
    kty: Schema.Literal("EC"),
    crv: Schema.Literal("P-256"),
    x: Schema.NonEmptyString,
    y: Schema.NonEmptyString,
    d: Schema.NonEmptyString
  })
)
type Stored = typeof Stored.Type
const decode = Schema.decodeUnknownEffect(Stored)
const encode = Schema.encodeEffect(Stored)

const generate = Effect.promise(() =>
  Jose.generateKeyPair(algorithm, { extractable: true }).then(({ privateKey }) => Jose.exportJWK(privateKey))
) as unknown as Effect.Effect<Stored>

const fromStored = Effect.fnUntraced(function*(stored: Stored) {
  const { crv, kty, x, y } = stored
  const [privateKey, kid] = yield* Effect.tryPromise(() =>
    Promise.all([
      Jose.importJWK(stored, algorithm) as Promise<Jose.CryptoKey>,
      Jose.calculateJwkThumbprint({ kty, crv, x, y })
    ])
  )
  return { privateKey, kid, publicJwk: { kty, crv, x, y, kid, alg: algorithm } } satisfies DevelopmentKey
})

/** Writes a new key; unless somebody was quicker, whose key stays. Nobody ever reads half of one. */
const create = Effect.fnUntraced(function*(fs: FileSystem.FileSystem, file: string) {
  const key = yield* generate
  const own = `${file}.${key.x.slice(0, 8)}`
  yield* fs.writeFileString(own, yield* encode(key), { flag: "wx", mode: 0o600 })
  yield* fs.link(own, file).pipe(
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.void),
    Effect.ensuring(Effect.ignore(fs.remove(own)))
  )
})

/** Opens the key of a file, or makes one. Why a file can't be used is said as the rest of a sentence. */
export const open: (file: string | undefined) => Effect.Effect<DevelopmentKey, string> = Effect.fnUntraced(
  function*(file: string | undefined) {
    if (file === undefined) return yield* Effect.orDie(Effect.flatMap(generate, fromStored))
    const fs = yield* FileSystem.FileSystem
    return yield* Effect.gen(function*() {
      if (!(yield* fs.exists(file))) yield* create(fs, file)
      return yield* Effect.flatMap(Effect.flatMap(fs.readFileString(file), decode), fromStored)
    }).pipe(
      Effect.mapError((error) =>
        error._tag === "PlatformError" ? error.message : "it holds no key of a development issuer"
      )
    )
  },
  Effect.provide(NodeFileSystem.layer)
)

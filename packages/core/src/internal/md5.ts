import * as Digest from "effect/crypto/Digest"
import * as Hex from "effect/encoding/Hex"

// Every runtime has it as a global; the core is compiled without the types of any.
declare const TextEncoder: new() => { readonly encode: (text: string) => Uint8Array }

const encoder = new TextEncoder()

/** The MD5 of a text's UTF-8 bytes: to name things, never to protect them. */
export const md5 = (text: string): Uint8Array => Digest.md5.implementation!(encoder.encode(text))

/** {@link md5} as 32 hexadecimal digits. */
export const md5Hex = (text: string): string => Hex.encode(md5(text))

// Every runtime has both as globals; the core is compiled without the types of any.
declare const TextEncoder: new() => { readonly encode: (text: string) => Uint8Array }
declare const TextDecoder: new(
  label: string,
  options: { readonly fatal: boolean; readonly ignoreBOM: boolean }
) => { readonly decode: (bytes: Uint8Array) => string }

const encoder = new TextEncoder()
const decoder = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true })

/** The bytes of a text. */
export const encode = (text: string): Uint8Array => encoder.encode(text)

/** The text of bytes; throws when they aren't UTF-8. */
export const decodeUnsafe = (bytes: Uint8Array): string => decoder.decode(bytes)

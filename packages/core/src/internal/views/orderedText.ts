/**
 * Text forms of values whose order as text is the order of the values, so that every store can keep an index by
 * comparing text: absent and null first, then booleans, numbers, texts. Components of one key don't run into each other.
 */

const terminator = "\u0001\u0001"

/** Control characters that the terminator is made of are moved out of its way, keeping their order. */
const escapeText = (text: string): string =>
  text.replaceAll("\u0001", "\u0001\u0003").replaceAll("\u0000", "\u0001\u0002")

/** 16 hexadecimal digits in the order of the numbers: the IEEE 754 bits, with negative ones flipped. */
const numberText = (value: number): string => {
  const view = new DataView(new ArrayBuffer(8))
  view.setFloat64(0, value === 0 ? 0 : value)
  const bits = view.getBigUint64(0)
  const ordered = bits >> 63n === 0n ? bits | (1n << 63n) : bits ^ 0xffffffffffffffffn
  return ordered.toString(16).padStart(16, "0")
}

const component = (value: unknown): string => {
  switch (typeof value) {
    case "boolean":
      return value ? "31" : "30"
    case "number":
      return `4${numberText(value)}`
    case "string":
      return `5${escapeText(value)}`
    default:
      return value === null || value === undefined ? "2" : `6${escapeText(JSON.stringify(value))}`
  }
}

/** Where the values that are there begin: absent and null ones sort before it. */
export const firstPresent = "3"

/** The text of a key of several components. A key that begins another one sorts before it. */
export const orderedText = (values: ReadonlyArray<unknown>): string =>
  values.map((value) => component(value) + terminator).join("")

/** The least text that is greater than every text that begins with `prefix`; undefined when there is none. */
export const prefixEnd = (prefix: string): string | undefined => prefix === "" ? undefined : `${prefix}\u{10ffff}`

/** Compares texts as UTF-8 bytes do, as databases compare them; JavaScript's own order differs above U+FFFF. */
export const compareText = (a: string, b: string): number => {
  const length = Math.min(a.length, b.length)
  for (let index = 0; index < length; index++) {
    let x = a.charCodeAt(index)
    let y = b.charCodeAt(index)
    if (x === y) continue
    if (x >= 0xd800 && y >= 0xd800) {
      x = x >= 0xe000 ? x - 0x800 : x + 0x2000
      y = y >= 0xe000 ? y - 0x800 : y + 0x2000
    }
    return x - y
  }
  return a.length - b.length
}

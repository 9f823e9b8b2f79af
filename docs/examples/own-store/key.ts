/** The key of the tests: 32 bytes that nobody keeps. */
export const key: Uint8Array = new Uint8Array(32).fill(7)

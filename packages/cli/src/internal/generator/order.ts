/** The order in which a formatter sorts imports: by letters, then by their case; the same on every machine. */
export const byText = (a: string, b: string): number => {
  const [low, high] = [a.toLowerCase(), b.toLowerCase()]
  if (low !== high) return low < high ? -1 : 1
  return a === b ? 0 : a < b ? -1 : 1
}

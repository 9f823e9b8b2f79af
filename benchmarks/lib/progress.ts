/** Progress goes to standard error, figures to standard output. */
const start = performance.now()

export const progress = (text: string): void => {
  process.stderr.write(`[${((performance.now() - start) / 1000).toFixed(0).padStart(4)} s] ${text}\n`)
}

/** A number as people read it: three significant digits, thousands apart. */
export const readable = (value: number): string =>
  Number.isNaN(value)
    ? "none"
    : Math.abs(value) >= 100
    ? Math.round(value).toLocaleString("en-US")
    : String(Number(value.toPrecision(3)))

/** Collects garbage where Node lets us, so that one contender doesn't pay for what another left. */
export const tidy = (): void => {
  const { gc } = globalThis as { gc?: () => void }
  gc?.()
}

/** The time in milliseconds since 1970, with fractions. */
export const now = (): number => performance.timeOrigin + performance.now()

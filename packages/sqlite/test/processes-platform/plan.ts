/** How much the processes do: together a little more than 2,000 conditional appends. */
import type { Size } from "@reventless/testing/EventStoreHistory"

/** The histories of the rounds are proven one by one: the proof takes the square of their length. */
export const rounds = ["First", "Second", "Third", "Fourth"] as const

export const processes = 4

export const size: Size = { fibers: 4, turns: 54 }

/** The same operations in each run of the test; how they meet is never the same. */
export const seed = "processes"

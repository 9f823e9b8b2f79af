/** What the workers of processes on one file agree on. */
export const queue = "mail"

/** For how many milliseconds they lease items: longer than a process may stand still on a machine that is busy. */
export const lease = 120_000

/** The file whose presence says that a lease has passed: nobody waits that long. */
export const later = "later"

/** How many items one of them takes at a time. */
export const limit = 5

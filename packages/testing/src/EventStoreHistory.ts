/**
 * The history checker: random work on an event store, recorded, and a proof from the record alone that the store behaved
 * as if every operation had happened at one instant. `EventStoreConformance` uses it within a process; use it yourself
 * where several processes share a store.
 *
 * Each process runs `operations` with a name of its own and a clock that they share, such as the monotonic clock of their
 * machine. What they did is JSON. `violations` of all of it with the log at the end must be empty; so must
 * `violationsInCommitOrder` where positions are commit order. A store whose reads aren't atomic says so to `violations`. The proof takes the square of the number of operations:
 * 2,000 take about a second.
 */
export { type History, type Operation, type Proof, violations, violationsInCommitOrder } from "./conformance/History.ts"
export { type Among, operations, run, type Size } from "./conformance/Workload.ts"

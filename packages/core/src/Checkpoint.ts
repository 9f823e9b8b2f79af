/**
 * A checkpoint: how far a consumer has come. It is opaque and not for comparing; hand it back to the store that made it.
 */
import * as Schema from "effect/Schema"
import * as Extent from "./Extent.ts"
import { opaque } from "./internal/opaque.ts"

/** How far a consumer has come. Opaque to everyone but the store that made it. */
export interface Checkpoint {
  readonly extent: Extent.Extent
}

/** The schema of a checkpoint in its text form. */
export const Checkpoint: Schema.Codec<Checkpoint, string> = opaque(
  "Checkpoint",
  "1",
  Schema.Struct({ extent: Extent.Extent }),
  "not a checkpoint of this version; start again without one"
)

/** The checkpoint before the first event. */
export const beginning: Checkpoint = { extent: Extent.nothing }

/** Whether an event at this position lies behind the checkpoint. Where positions are no order, nothing is known: no. */
export const covers = (checkpoint: Checkpoint, position: number): boolean =>
  checkpoint.extent._tag === "UpTo" && position <= checkpoint.extent.position

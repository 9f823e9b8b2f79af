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

/** Whether a consumer that has come to the checkpoint was given the event, which must be one of its subscription. */
export const covers = (
  { extent }: Checkpoint,
  event: { readonly position: number; readonly extent?: Extent.Extent }
): boolean =>
  event.extent === undefined
    ? extent._tag === "UpTo" && event.position <= extent.position
    : Extent.includes(extent, event.extent)

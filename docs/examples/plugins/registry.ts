// #region registry
import { Registry } from "@reventless/core/Registry"
import * as Effect from "effect/Effect"

/** Takes the current version of every provider out of use that refuses one of its followers. */
export const rollBack = Effect.gen(function*() {
  const registry = yield* Registry
  for (const { extensionPoint, provider, reason, status } of yield* registry.connections) {
    if (status !== "refused") continue
    yield* registry.deactivate(extensionPoint.split(".")[0]!, provider!, reason!)
  }
})
// #endregion registry

import { EventStores, TotalOrder } from "@reventless/core/EventStores"
import * as Context from "effect/Context"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as SealedStore from "./SealedStore.ts"

// #region layer
/** Seals the event stores of a provider; its views and snapshots stay as they are. */
export const layer = (key: Uint8Array) =>
  Layer.effectContext(Effect.gen(function*() {
    const { of } = yield* TotalOrder
    const sealed: TotalOrder["Service"] = {
      of: (plugin) => Effect.map(of(plugin), (store) => SealedStore.make(key, store))
    }
    const stores: EventStores["Service"] = {
      of: (plugin) => Effect.map(sealed.of(plugin), (store) => ({ positioned: true, store }))
    }
    return Context.make(EventStores, stores).pipe(Context.add(TotalOrder, sealed))
  }))
// #endregion layer

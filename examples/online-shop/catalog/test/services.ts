/** What the plugin needs: an inbox. */
import * as ObjectStoreMemory from "@reventless/core/ObjectStoreMemory"
import { Catalog } from "@reventless/example-catalog"
import * as TestPlatform from "@reventless/testing/TestPlatform"
import * as Layer from "effect/Layer"

/** The plugin on a platform of its own. */
export const Shop = Layer.provideMerge(
  Layer.fresh(TestPlatform.layer({ plugins: [Catalog] })),
  Layer.fresh(ObjectStoreMemory.layer)
)

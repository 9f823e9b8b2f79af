import * as Bank from "@reventless/testing/platform/BankPlugin"
import * as PluginProperties from "@reventless/testing/PluginProperties"
import * as Effect from "effect/Effect"
import * as Layer from "effect/Layer"
import * as Core from "../../core/test/fixtures/catalog.ts"
import { Catalog, PriceList } from "./fixtures/catalog.ts"

PluginProperties.check(Bank.ordered)
PluginProperties.check(Catalog, { services: Layer.succeed(PriceList, { limit: Effect.succeed(100) }) })
PluginProperties.check(Core.Catalog, {
  services: Layer.succeed(Core.PriceList, { allows: (amount) => Effect.succeed(amount % 2 === 0) })
})

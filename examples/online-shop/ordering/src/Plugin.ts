import * as Plugin from "@reventless/core/Plugin"
import { CancelOrderLive } from "./CancelOrder/CancelOrder_Behavior.ts"
import { CancelUnpaidOrdersLive } from "./CancelUnpaidOrders/CancelUnpaidOrders_Automation.ts"
import { ConfirmOrdersLive } from "./ConfirmOrders/ConfirmOrders_Translation.ts"
import { CustomerLive } from "./Customer/Customer_Behavior.ts"
import { CustomersLive } from "./Customers/Customers_Projections.ts"
import { ImportProductsLive } from "./ImportProducts/ImportProducts_Run.ts"
import { OfferProductLive } from "./OfferProduct/OfferProduct_Behavior.ts"
import { OffersLive } from "./Offers/Offers_Projection.ts"
import { OrdersLive } from "./Orders/Orders_Projection.ts"
import { PaymentReceivedLive } from "./PaymentReceived/PaymentReceived_Translation.ts"
import { PayOrderLive } from "./PayOrder/PayOrder_Behavior.ts"
import { PlaceOrderLive } from "./PlaceOrder/PlaceOrder_Behavior.ts"
import { ShipOrderLive } from "./ShipOrder/ShipOrder_Behavior.ts"
import { ShipPaidOrdersLive } from "./ShipPaidOrders/ShipPaidOrders_Automation.ts"

export const Ordering = Plugin.make("Ordering", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [CustomerLive],
  stateChangeSlices: [OfferProductLive, PlaceOrderLive, PayOrderLive, CancelOrderLive, ShipOrderLive],
  stateViewSlices: [OrdersLive, OffersLive],
  readModels: [CustomersLive],
  automationSlices: [ShipPaidOrdersLive, CancelUnpaidOrdersLive],
  outboundTranslationSlices: [ConfirmOrdersLive],
  inboundTranslationSlices: [PaymentReceivedLive],
  tasks: [ImportProductsLive]
})

import * as Plugin from "@reventless/core/Plugin"
import { BuyerLive } from "./Buyer/Buyer_Behavior.ts"
import { CancelOrderLive } from "./CancelOrder/CancelOrder_Behavior.ts"
import { CancelOrdersOfLive } from "./CancelOrdersOf/CancelOrdersOf_Behavior.ts"
import { CancelUnpaidOrdersLive } from "./CancelUnpaidOrders/CancelUnpaidOrders_Automation.ts"
import { ConfirmOrdersLive } from "./ConfirmOrders/ConfirmOrders_Translation.ts"
import { DeliverOrderLive } from "./DeliverOrder/DeliverOrder_Behavior.ts"
import { CustomersExtensionLive } from "./Extension/Customers_Extension.ts"
import { ParcelsExtensionLive } from "./Extension/Parcels_Extension.ts"
import { ProductsExtensionLive } from "./Extension/Products_Extension.ts"
import { OrdersMappingLive } from "./ExtensionPoint/Orders_ExtensionPointMapping.ts"
import { OfferLive } from "./Offer/Offer_Behavior.ts"
import { OffersLive } from "./Offers/Offers_Projection.ts"
import { OrdersLive } from "./Orders/Orders_Projection.ts"
import { PaymentReceivedLive } from "./PaymentReceived/PaymentReceived_Translation.ts"
import { PayOrderLive } from "./PayOrder/PayOrder_Behavior.ts"
import { PlaceOrderLive } from "./PlaceOrder/PlaceOrder_Behavior.ts"
import { RemindBuyerLive } from "./RemindBuyer/RemindBuyer_Behavior.ts"
import { SendRemindersLive } from "./SendReminders/SendReminders_Translation.ts"
import { ShipOrderLive } from "./ShipOrder/ShipOrder_Behavior.ts"

export const Ordering = Plugin.make("Ordering", {
  version: "1.0.0",
  heartbeatInterval: "5 minutes",
  aggregates: [BuyerLive, OfferLive],
  stateChangeSlices: [
    CancelOrderLive,
    CancelOrdersOfLive,
    DeliverOrderLive,
    PayOrderLive,
    PlaceOrderLive,
    RemindBuyerLive,
    ShipOrderLive
  ],
  stateViewSlices: [OffersLive, OrdersLive],
  automationSlices: [CancelUnpaidOrdersLive],
  outboundTranslationSlices: [ConfirmOrdersLive, SendRemindersLive],
  inboundTranslationSlices: [PaymentReceivedLive],
  extensionPoints: [OrdersMappingLive],
  extensions: [CustomersExtensionLive, ParcelsExtensionLive, ProductsExtensionLive]
})

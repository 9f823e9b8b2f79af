/** Follows the customers plugin: who has an account may order. */
import { publishCommand } from "@reventless/core/Action"
import { Customers } from "@reventless/example-customers-spec"
import { Buyer } from "../Buyer/Buyer.ts"
import { CancelOrdersOf } from "../CancelOrdersOf/CancelOrdersOf.ts"

const { AdmitBuyer, DismissBuyer, MoveBuyer } = Buyer.commands

export const CustomersExtensionLive = Customers.extension({
  incoming: {
    CustomerJoined: ({ address, customerId, name }) => publishCommand(AdmitBuyer, { customerId, name, address }),
    CustomerAddressChanged: ({ address, customerId }) => publishCommand(MoveBuyer, { customerId, address }),
    // In this order: afterwards nothing is ordered, so nothing is missed.
    CustomerGone: ({ customerId }) => [
      publishCommand(DismissBuyer, { customerId }),
      publishCommand(CancelOrdersOf, { customerId })
    ]
  },
  sends: [AdmitBuyer, MoveBuyer, DismissBuyer, CancelOrdersOf]
})

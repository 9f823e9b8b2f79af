/**
 * What others hear of customers: of three events out of six, and of them without the e-mail address. `make` takes what the
 * contract declares and leaves out the rest.
 */
import { publishEvent } from "@reventless/core/Action"
import { CustomerAddressChanged, CustomerGone, CustomerJoined, Customers } from "@reventless/example-customers-spec"
import { Customer } from "../Customer/Customer.ts"

export const CustomersMappingLive = Customers.mapping({
  from: Customer,
  outgoing: {
    CustomerRegistered: (event) => publishEvent(CustomerJoined.make(event)),
    CustomerMoved: (event) => publishEvent(CustomerAddressChanged.make(event)),
    CustomerEmailChanged: () => [],
    // Who leaves may stay: others hear of it when thirty days have passed.
    CustomerLeft: () => [],
    CustomerStayed: () => [],
    CustomerClosed: (event) => publishEvent(CustomerGone.make(event))
  }
})

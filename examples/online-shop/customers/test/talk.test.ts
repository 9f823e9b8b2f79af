/** What others hear of customers. */
import { describe, it } from "@effect/vitest"
import { publishEvent } from "@reventless/core/Action"
import { CustomerAddressChanged, CustomerGone, CustomerJoined } from "@reventless/example-customers-spec"
import { CustomersMappingLive } from "@reventless/example-customers/ExtensionPoint/Customers_ExtensionPointMapping"
import * as Spec from "@reventless/testing/Spec"
import { closed, customerId, emailChanged, left, moved, registered, stayed } from "./fixtures.ts"

const customers = Spec.extensionPoint(CustomersMappingLive)

describe("others hear of a customer", () => {
  it.effect("who they are and where things are sent to, not where they are written to", () =>
    customers.whenEvent(registered).then([
      publishEvent(CustomerJoined.make({ customerId, name: "Ada", address: "1 Mill Lane" }))
    ]))

  it.effect("where things are sent to now", () =>
    customers.whenEvent(moved).then([
      publishEvent(CustomerAddressChanged.make({ customerId, address: "2 Mill Lane" }))
    ]))

  it.effect("nothing of their mail", () => customers.whenEvent(emailChanged).thenNothing)
  it.effect("nothing while they may still stay", () => customers.whenEvent(left).thenNothing)
  it.effect("nothing when they stay", () => customers.whenEvent(stayed).thenNothing)

  it.effect("that they are gone, in the end", () =>
    customers.whenEvent(closed).then([publishEvent(CustomerGone.make({ customerId }))]))
})

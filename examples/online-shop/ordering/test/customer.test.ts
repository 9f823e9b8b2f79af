import { describe, it } from "@effect/vitest"
import { InvalidCommand } from "@reventless/core/CommandBus"
import {
  Customer,
  CustomerEmailChanged,
  CustomerExists,
  CustomerMoved,
  CustomerUnknown
} from "@reventless/example-ordering/Customer/Customer"
import { CustomerLive } from "@reventless/example-ordering/Customer/Customer_Behavior"
import * as Spec from "@reventless/testing/Spec"
import { ada, adaRegistered, customerId } from "./fixtures.ts"

const { ChangeAddress, ChangeEmail, Register } = Customer.commands
const moved = CustomerMoved.make({ customerId, address: "2 Mill Lane" })

describe("a customer", () => {
  it.effect("registers", () =>
    Spec.given(CustomerLive, [])
      .when(Register, ada)
      .then([adaRegistered]))

  it.effect("registers once", () =>
    Spec.given(CustomerLive, [adaRegistered])
      .when(Register, { ...ada, name: "Another Ada" })
      .thenFails(new CustomerExists({ customerId })))

  it.effect("needs an address that mail can be sent to", () =>
    Spec.given(CustomerLive, [])
      .when(Register, { ...ada, email: "ada" })
      .thenFails(InvalidCommand))

  it.effect("moves", () =>
    Spec.given(CustomerLive, [adaRegistered])
      .when(ChangeAddress, { customerId, address: "2 Mill Lane" })
      .then([moved]))

  it.effect("doesn't move to where they live", () =>
    Spec.given(CustomerLive, [adaRegistered, moved])
      .when(ChangeAddress, { customerId, address: "2 Mill Lane" })
      .thenNothing)

  it.effect("changes where they get mail", () =>
    Spec.given(CustomerLive, [adaRegistered])
      .when(ChangeEmail, { customerId, email: "ada@example.org" })
      .then([CustomerEmailChanged.make({ customerId, email: "ada@example.org" })]))

  it.effect("that nobody knows can't move", () =>
    Spec.given(CustomerLive, [])
      .when(ChangeAddress, { customerId, address: "2 Mill Lane" })
      .thenFails(CustomerUnknown))
})

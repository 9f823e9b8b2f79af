import { describe, it } from "@effect/vitest"
import * as Action from "@reventless/core/Action"
import { InvalidCommand } from "@reventless/core/CommandBus"
import {
  Customer,
  CustomerClosed,
  CustomerEmailChanged,
  CustomerExists,
  CustomerLeft,
  CustomerMoved,
  CustomerStayed,
  CustomerUnknown
} from "@reventless/example-ordering/Customer/Customer"
import { closing, CustomerLive } from "@reventless/example-ordering/Customer/Customer_Behavior"
import * as Spec from "@reventless/testing/Spec"
import { ada, adaRegistered, customerId } from "./fixtures.ts"

const { ChangeAddress, ChangeEmail, Close, Leave, Register, Stay } = Customer.commands
const moved = CustomerMoved.make({ customerId, address: "2 Mill Lane" })
const left = CustomerLeft.make({ customerId })
const stayed = CustomerStayed.make({ customerId })
const closed = CustomerClosed.make({ customerId })

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

describe("a customer who leaves", () => {
  it.effect("has thirty days to think again", () =>
    Spec.mapping(closing).when(left).thenSends([
      Action.publishCommandDelayed("30 days", Close, { customerId })
    ]))

  it.effect("leaves once", () =>
    Spec.given(CustomerLive, [adaRegistered, left])
      .when(Leave, { customerId })
      .thenNothing)

  it.effect("has no account afterwards", () =>
    Spec.given(CustomerLive, [adaRegistered, left])
      .when(Close, { customerId })
      .then([closed]))

  it.effect("keeps the account when they stay", () =>
    Spec.given(CustomerLive, [adaRegistered, left, stayed])
      .when(Close, { customerId })
      .thenNothing)

  it.effect("may stay as long as the account is there", () =>
    Spec.given(CustomerLive, [adaRegistered, left])
      .when(Stay, { customerId })
      .then([stayed]))

  it.effect("can't stay when the account is closed", () =>
    Spec.given(CustomerLive, [adaRegistered, left, closed])
      .when(Stay, { customerId })
      .thenFails(CustomerUnknown))

  it.effect("doesn't lend the name to others", () =>
    Spec.given(CustomerLive, [adaRegistered, left, closed])
      .when(Register, ada)
      .thenFails(CustomerExists))
})

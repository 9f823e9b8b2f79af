import { describe, it } from "@effect/vitest"
import * as Action from "@reventless/core/Action"
import { InvalidCommand } from "@reventless/core/CommandBus"
import { Customer, CustomerExists, CustomerUnknown } from "@reventless/example-customers/Customer/Customer"
import { closing, CustomerLive } from "@reventless/example-customers/Customer/Customer_Behavior"
import * as Spec from "@reventless/testing/Spec"
import * as Redacted from "effect/Redacted"
import {
  ada,
  closed,
  customerId,
  email,
  emailChanged,
  left,
  moved,
  otherEmail,
  registered,
  stayed
} from "./fixtures.ts"

const { ChangeAddress, ChangeEmail, Close, Leave, Register, Stay } = Customer.commands

describe("a customer", () => {
  it.effect("registers", () =>
    Spec.given(CustomerLive, [])
      .when(Register, ada)
      .then([registered]))

  it.effect("registers once", () =>
    Spec.given(CustomerLive, [registered])
      .when(Register, { ...ada, name: "Another Ada" })
      .thenFails(new CustomerExists({ customerId })))

  it.effect("needs an address that mail can be sent to", () =>
    Spec.given(CustomerLive, [])
      .when(Register, { ...ada, email: Redacted.make("ada") })
      .thenFails(InvalidCommand))

  it.effect("moves", () =>
    Spec.given(CustomerLive, [registered])
      .when(ChangeAddress, { customerId, address: "2 Mill Lane" })
      .then([moved]))

  it.effect("doesn't move to where they live", () =>
    Spec.given(CustomerLive, [registered, moved])
      .when(ChangeAddress, { customerId, address: "2 Mill Lane" })
      .thenNothing)

  it.effect("changes where they get mail", () =>
    Spec.given(CustomerLive, [registered])
      .when(ChangeEmail, { customerId, email: otherEmail })
      .then([emailChanged]))

  it.effect("doesn't change it to what it is", () =>
    Spec.given(CustomerLive, [registered])
      .when(ChangeEmail, { customerId, email })
      .thenNothing)

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
    Spec.given(CustomerLive, [registered, left])
      .when(Leave, { customerId })
      .thenNothing)

  it.effect("has no account afterwards", () =>
    Spec.given(CustomerLive, [registered, left])
      .when(Close, { customerId })
      .then([closed]))

  it.effect("keeps the account when they stay", () =>
    Spec.given(CustomerLive, [registered, left, stayed])
      .when(Close, { customerId })
      .thenNothing)

  it.effect("may stay as long as the account is there", () =>
    Spec.given(CustomerLive, [registered, left])
      .when(Stay, { customerId })
      .then([stayed]))

  it.effect("can't stay when the account is closed", () =>
    Spec.given(CustomerLive, [registered, left, closed])
      .when(Stay, { customerId })
      .thenFails(CustomerUnknown))

  it.effect("doesn't lend the name to others", () =>
    Spec.given(CustomerLive, [registered, left, closed])
      .when(Register, ada)
      .thenFails(CustomerExists))
})

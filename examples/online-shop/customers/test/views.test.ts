import { describe, it } from "@effect/vitest"
import { AccountsLive } from "@reventless/example-customers/Accounts/Accounts_Projection"
import * as Spec from "@reventless/testing/Spec"
import { ada, closed, email, emailChanged, left, moved, otherEmail, registered, stayed } from "./fixtures.ts"

const row = { ...ada, leaves: false }

describe("the accounts of customers", () => {
  it.effect("are shown with where they live and get mail", () =>
    Spec.given(AccountsLive, [registered, moved, emailChanged])
      .thenRows([{ ...row, address: "2 Mill Lane", email: otherEmail }]))

  it.effect("who leave are shown as such, until they stay", () =>
    Spec.given(AccountsLive, [registered, left, stayed, left])
      .thenRows([{ ...row, email, leaves: true }]))

  it.effect("are gone when their account is closed", () =>
    Spec.given(AccountsLive, [registered, left, closed])
      .thenRows([]))
})

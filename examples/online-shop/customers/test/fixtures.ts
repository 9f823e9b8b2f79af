import { CustomerId } from "@reventless/example-customers-spec"
import {
  CustomerClosed,
  CustomerEmailChanged,
  CustomerLeft,
  CustomerMoved,
  CustomerRegistered,
  CustomerStayed
} from "@reventless/example-customers/Customer/Customer"
import * as Redacted from "effect/Redacted"

export const customerId = CustomerId.make("ada")
export const email = Redacted.make("ada@example.com")
export const otherEmail = Redacted.make("ada@example.org")
export const ada = { customerId, name: "Ada", email, address: "1 Mill Lane" }

export const registered = CustomerRegistered.make(ada)
export const moved = CustomerMoved.make({ customerId, address: "2 Mill Lane" })
export const emailChanged = CustomerEmailChanged.make({ customerId, email: otherEmail })
export const left = CustomerLeft.make({ customerId })
export const stayed = CustomerStayed.make({ customerId })
export const closed = CustomerClosed.make({ customerId })

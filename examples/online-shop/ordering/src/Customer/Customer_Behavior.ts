import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"
import {
  Customer,
  CustomerEmailChanged,
  CustomerExists,
  CustomerMoved,
  CustomerRegistered,
  CustomerUnknown
} from "./Customer.ts"

const State = Schema.TaggedUnion({ Unknown: {}, Registered: { email: Schema.String, address: Schema.String } })
type State = typeof State.Type

const changed = (customer: State, change: { readonly email: string } | { readonly address: string }): State =>
  customer._tag === "Unknown" ? customer : { ...customer, ...change }

export const CustomerLive = Customer.behavior({
  initial: { _tag: "Unknown" } as State,
  evolve: {
    CustomerRegistered: (_, { address, email }) => ({ _tag: "Registered", email, address }),
    CustomerMoved: (customer, { address }) => changed(customer, { address }),
    CustomerEmailChanged: (customer, { email }) => changed(customer, { email })
  },
  decide: {
    Register: (command, customer) =>
      customer._tag === "Unknown"
        ? Effect.succeed([CustomerRegistered.make(command)])
        : Effect.fail(new CustomerExists(command)),
    ChangeAddress: (command, customer) =>
      customer._tag === "Unknown"
        ? Effect.fail(new CustomerUnknown(command))
        : Effect.succeed(customer.address === command.address ? [] : [CustomerMoved.make(command)]),
    ChangeEmail: (command, customer) =>
      customer._tag === "Unknown"
        ? Effect.fail(new CustomerUnknown(command))
        : Effect.succeed(customer.email === command.email ? [] : [CustomerEmailChanged.make(command)])
  }
})

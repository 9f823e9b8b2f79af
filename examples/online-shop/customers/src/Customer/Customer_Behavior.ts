import * as Action from "@reventless/core/Action"
import * as EventMapping from "@reventless/core/EventMapping"
import * as Effect from "effect/Effect"
import * as Equal from "effect/Equal"
import * as Schema from "effect/Schema"
import { Email } from "../Email.ts"
import {
  Customer,
  CustomerClosed,
  CustomerEmailChanged,
  CustomerExists,
  CustomerLeft,
  CustomerMoved,
  CustomerRegistered,
  CustomerStayed,
  CustomerUnknown
} from "./Customer.ts"

const State = Schema.TaggedUnion({
  Unknown: {},
  Registered: { email: Email, address: Schema.String, isLeaving: Schema.Boolean },
  Closed: {}
})
type State = typeof State.Type
type Registered = Extract<State, { readonly _tag: "Registered" }>

const changed = (customer: State, change: Partial<Omit<Registered, "_tag">>): State =>
  customer._tag === "Registered" ? { ...customer, ...change } : customer

/** Decides about a customer who has an account. */
const registered = <C extends { readonly customerId: typeof CustomerRegistered.fields.customerId.Type }, E>(
  decide: (command: C, customer: Registered) => ReadonlyArray<E>
) =>
(command: C, customer: State): Effect.Effect<ReadonlyArray<E>, CustomerUnknown> =>
  customer._tag === "Registered"
    ? Effect.succeed(decide(command, customer))
    : Effect.fail(new CustomerUnknown(command))

/** Who leaves has thirty days to think again. By then the command closes nothing when they stay. */
export const closing = EventMapping.make({
  name: "closing",
  from: [CustomerLeft],
  map: {
    CustomerLeft: ({ customerId }) => Action.publishCommandDelayed("30 days", Customer.commands.Close, { customerId })
  },
  sends: [Customer.commands.Close]
})

export const CustomerLive = Customer.behavior({
  initial: { _tag: "Unknown" } as State,
  evolve: {
    CustomerRegistered: (_, { address, email }) => ({ _tag: "Registered", email, address, isLeaving: false }),
    CustomerMoved: (customer, { address }) => changed(customer, { address }),
    CustomerEmailChanged: (customer, { email }) => changed(customer, { email }),
    CustomerLeft: (customer) => changed(customer, { isLeaving: true }),
    CustomerStayed: (customer) => changed(customer, { isLeaving: false }),
    CustomerClosed: () => ({ _tag: "Closed" })
  },
  decide: {
    Register: (command, customer) =>
      customer._tag === "Unknown"
        ? Effect.succeed([CustomerRegistered.make(command)])
        : Effect.fail(new CustomerExists(command)),
    ChangeAddress: registered((command, { address }) =>
      address === command.address ? [] : [CustomerMoved.make(command)]
    ),
    ChangeEmail: registered((command, { email }) =>
      Equal.equals(email, command.email) ? [] : [CustomerEmailChanged.make(command)]
    ),
    Leave: registered((command, { isLeaving }) => isLeaving ? [] : [CustomerLeft.make(command)]),
    Stay: registered((command, { isLeaving }) => isLeaving ? [CustomerStayed.make(command)] : []),
    Close: (command, customer) =>
      Effect.succeed(customer._tag === "Registered" && customer.isLeaving ? [CustomerClosed.make(command)] : [])
  },
  eventMappings: [closing]
})

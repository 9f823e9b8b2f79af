/** What ordering needs to know of a customer, as the customers plugin tells it: their name, and where things are sent to. */
import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import { CustomerId } from "@reventless/example-customers-spec"
import * as Schema from "effect/Schema"
import * as OrderingAccess from "../OrderingAccess.ts"

const buyer = { customerId: CustomerId, name: Schema.String, address: Schema.String }

export class BuyerAdmitted extends Event.make("BuyerAdmitted", buyer) {}
export class BuyerMoved extends Event.make("BuyerMoved", { customerId: CustomerId, address: Schema.String }) {}
export class BuyerDismissed extends Event.make("BuyerDismissed", { customerId: CustomerId }) {}

const access = OrderingAccess.manage

export class Buyer extends Aggregate.make("Buyer", {
  id: CustomerId,
  commands: [
    Command.make("AdmitBuyer", buyer, { access, description: "Lets a customer order." }),
    Command.make("MoveBuyer", { customerId: CustomerId, address: Schema.String }, {
      access,
      description: "Changes where later orders are sent."
    }),
    Command.make("DismissBuyer", { customerId: CustomerId }, { access, description: "Takes no more orders of theirs." })
  ],
  events: [BuyerAdmitted, BuyerMoved, BuyerDismissed]
}) {}

import * as Aggregate from "@reventless/core/Aggregate"
import * as Command from "@reventless/core/Command"
import * as Event from "@reventless/core/Event"
import * as Id from "@reventless/core/Id"
import * as Effect from "effect/Effect"

const voucher = { voucherId: Id.make("voucher") }
export class VoucherIssued extends Event.make("VoucherIssued", voucher) {}
export class VoucherRedeemed extends Event.make("VoucherRedeemed", voucher) {}
export class VoucherExpired extends Event.make("VoucherExpired", voucher) {}

export class Voucher extends Aggregate.make("Voucher", {
  id: voucher.voucherId,
  commands: [Command.make("Issue", voucher), Command.make("Redeem", voucher), Command.make("Expire", voucher)],
  events: [VoucherIssued, VoucherRedeemed, VoucherExpired]
}) {}

// #region mapping
import { publishCommandDelayed } from "@reventless/core/Action"
import * as EventMapping from "@reventless/core/EventMapping"

export const expiry = EventMapping.make({
  name: "expiry",
  from: [VoucherIssued],
  map: {
    VoucherIssued: ({ voucherId }) => publishCommandDelayed("2 hours", Voucher.commands.Expire, { voucherId })
  }
})

export const VoucherLive = Voucher.behavior({
  initial: "None" as "None" | "Valid" | "Gone",
  evolve: { VoucherIssued: () => "Valid", VoucherRedeemed: () => "Gone", VoucherExpired: () => "Gone" },
  decide: {
    Issue: (command) => Effect.succeed([VoucherIssued.make(command)]),
    Redeem: (command, state) => Effect.succeed(state === "Valid" ? [VoucherRedeemed.make(command)] : []),
    Expire: (command, state) => Effect.succeed(state === "Valid" ? [VoucherExpired.make(command)] : [])
  },
  eventMappings: [expiry]
})
// #endregion mapping

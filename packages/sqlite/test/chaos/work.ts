/** The work of the children: for each lane a sequence of commands that follows from the seed alone. */
import type { CommandBus, SendError } from "@reventless/core/CommandBus"
import type { CommandAccepted } from "@reventless/core/CommandResult"
import {
  Account,
  type AccountExists,
  AccountId,
  type AccountUnknown,
  type Overdrawn,
  Transfer
} from "@reventless/testing/platform/Bank"
import * as Effect from "effect/Effect"

/** Numbers from 0 up to 1 that follow from a text. */
export const randoms = (text: string): () => number => {
  let state = 2_166_136_261
  for (const character of text) state = Math.imul(state ^ character.charCodeAt(0), 16_777_619)
  return () => {
    state = (state + 0x6d2b79f5) | 0
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state)
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
}

const accounts = Array.from({ length: 12 }, (_, index) => AccountId.make(`account-${index}`))

/** The id of a lane's command. */
export const commandId = (lane: number, turn: number): string => `${lane}:${turn}`

type Bus = CommandBus["Service"]

const choose = (bus: Bus, seed: string, lane: number, turn: number): Effect.Effect<CommandAccepted, Refusal> => {
  const random = randoms(`${seed}:${lane}:${turn}`)
  const pick = () => accounts[Math.floor(random() * accounts.length)]!
  const [kind, account, amount] = [random(), pick(), 1 + Math.floor(random() * 20)]
  const options = { commandId: commandId(lane, turn) }
  if (turn < accounts.length || kind < 0.06) {
    const opened = turn < accounts.length ? accounts[turn]! : account
    return bus.send(Account.commands.Open, { account: opened, owner: `owner-${lane}` }, options)
  }
  if (kind < 0.4) return bus.send(Account.commands.Deposit, { account, amount }, options)
  if (kind < 0.55) return bus.send(Account.commands.Withdraw, { account, amount }, options)
  if (kind < 0.58) return bus.send(Account.commands.Close, { account }, options)
  const to = accounts[(accounts.indexOf(account) + 1 + Math.floor(random() * (accounts.length - 1))) % accounts.length]!
  return bus.send(Transfer, { from: account, to, amount }, options)
}

type Refusal = SendError | AccountUnknown | AccountExists | Overdrawn

/** Sends a lane's command; answers how many events it made, none when it was refused. Sent again, it is the same one. */
export const send = (bus: Bus, seed: string, lane: number, turn: number) =>
  choose(bus, seed, lane, turn).pipe(
    // Others of eight were faster sixteen times: that is an answer, and so is the next one.
    Effect.retry({ while: ({ _tag }) => _tag === "CommandConflict" || _tag === "Contended" }),
    Effect.map(({ eventCount }) => eventCount),
    Effect.catchTags({
      AccountUnknown: () => Effect.succeed(0),
      AccountExists: () => Effect.succeed(0),
      Overdrawn: () => Effect.succeed(0)
    })
  )

/**
 * The plugins that the checks of talking plugins run: a shop publishes what it adds; a depot stores it and sends it back,
 * and the shop takes it. So each number that was added comes back once, if nothing is lost and nothing is done twice.
 */
import { handleDirective, publishCommand, publishEvent } from "@reventless/core/Action"
import * as Command from "@reventless/core/Command"
import * as Directive from "@reventless/core/Directive"
import * as Event from "@reventless/core/Event"
import * as ExtensionPoint from "@reventless/core/ExtensionPoint"
import * as Id from "@reventless/core/Id"
import * as Plugin from "@reventless/core/Plugin"
import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
import * as Effect from "effect/Effect"
import * as Schema from "effect/Schema"

export const GoodId = Id.make("good")
const fields = { good: GoodId, number: Schema.Int }

class GoodAdded extends Event.make("GoodAdded", fields) {}
export class Tell extends Directive.make("Tell", { text: Schema.String }) {}

export class Goods extends ExtensionPoint.make("Shop.Goods", {
  version: "1.0.0",
  events: [GoodAdded],
  commands: [Command.make("Return", fields)],
  directives: [Tell],
  connect: ["Depot"]
}) {}

class GoodStocked extends Event.make("GoodStocked", fields) {}

/** The next major version. */
export class NewGoods extends ExtensionPoint.make("Shop.Goods", {
  version: "2.0.0",
  events: [GoodStocked],
  commands: [Command.make("Return", fields)],
  directives: [Tell],
  connect: ["Depot"]
}) {}

/** Each of these makes its event as often as it is told to, so that what is done twice shows. */
const slice = <const Name extends string, E extends Event.Any>(name: Name, event: E) =>
  StateChangeSlice.make(name, { command: fields, consumes: [event], produces: [event] })

class Added extends Event.make("Added", { ...fields, secret: Schema.String }) {}
class TakenBack extends Event.make("TakenBack", fields) {}
class Stored extends Event.make("Stored", fields) {}

export class Add extends slice("Add", Added) {}
class TakeBack extends slice("TakeBack", TakenBack) {}
class Store extends slice("Store", Stored) {}

/** What a check may say about the plugins. */
export interface Options {
  /** What a mapping and an extension wait for before they answer. */
  readonly before?: Effect.Effect<void, string>
  /** By which version the depot follows, of which the shop then serves both; the shop has one version, and serves it, when absent. */
  readonly follows?: 1 | 2
  /** Told of each directive. */
  readonly told?: (text: string) => void
}

const say = (told: Options["told"] = () => {}) => (directive: Tell) => Effect.sync(() => told(directive.text))

const taking = (before: Effect.Effect<void, string>) => ({
  Return: (command: { readonly good: typeof GoodId.Type; readonly number: number }) =>
    Effect.as(before, publishCommand(TakeBack, command))
})

/** What the shop publishes: in one version, or in two. */
const provided = ({ before = Effect.void, follows, told }: Options) => {
  const telling = ({ good, number }: Added) => handleDirective(say(told), Tell.make({ text: `shop ${good} ${number}` }))
  if (follows === undefined) {
    return [Goods.mapping({
      from: [Added],
      outgoing: { Added: (event) => Effect.as(before, [publishEvent(GoodAdded.make(event)), telling(event)]) },
      incoming: taking(before)
    })]
  }
  return [
    NewGoods.mapping({
      from: [Added],
      outgoing: { Added: (event) => Effect.as(before, [publishEvent(GoodStocked.make(event)), telling(event)]) },
      incoming: taking(before)
    }),
    NewGoods.older(Goods, {
      events: { GoodStocked: ({ good, number }) => GoodAdded.make({ good, number }) },
      commands: { Return: (command) => publishCommand(NewGoods.commands.Return, command) }
    })
  ]
}

/** What the depot follows, and where it sends to. */
const followed = ({ before = Effect.void, follows = 1, told }: Options) => {
  const storing = ({ good, number }: { readonly good: typeof GoodId.Type; readonly number: number }) =>
    Effect.as(before, [
      publishCommand(Store, { good, number }),
      handleDirective(say(told), Tell.make({ text: `depot ${good} ${number}` }))
    ])
  return follows === 1
    ? Goods.extension({
      incoming: { GoodAdded: storing },
      from: [Stored],
      outgoing: {
        Stored: ({ good, number }) => Effect.as(before, publishCommand(Goods.commands.Return, { good, number }))
      }
    })
    : NewGoods.extension({
      incoming: { GoodStocked: storing },
      from: [Stored],
      outgoing: {
        Stored: ({ good, number }) => Effect.as(before, publishCommand(NewGoods.commands.Return, { good, number }))
      }
    })
}

/** Makes the plugin that provides the extension point. */
export const shop = (options: Options = {}) =>
  Plugin.make("Shop", {
    version: "1.0.0",
    stateChangeSlices: [
      Add.behavior({
        initial: null,
        evolve: { Added: () => null },
        decide: (command) => Effect.succeed([Added.make({ ...command, secret: "own" })])
      }),
      TakeBack.behavior({
        initial: null,
        evolve: { TakenBack: () => null },
        decide: (command) => Effect.succeed([TakenBack.make(command)])
      })
    ],
    extensionPoints: provided(options)
  })

/** Makes the plugin that follows it. */
export const depot = (options: Options = {}) =>
  Plugin.make("Depot", {
    version: `${options.follows ?? 1}.0.0`,
    stateChangeSlices: [Store.behavior({
      initial: null,
      evolve: { Stored: () => null },
      decide: (command) => Effect.succeed([Stored.make(command)])
    })],
    extensions: [followed(options)]
  })

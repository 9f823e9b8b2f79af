/** A username belongs to one account at a time; it is free again when the account is closed, or renamed. */
import * as Query from "@reventless/core/Query"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { range } from "../Fixture.ts"

const { contest, scenario } = scenarios("unique username")

const registered = (name: string) => fact("AccountRegistered", [`username:${name}`])
const closed = (name: string) => fact("AccountClosed", [`username:${name}`])
const renamed = (from: string, to: string) =>
  fact("UsernameChanged", [`username:${from}`, `username:${to}`], { from, to })

const register = (name: string): Decision => ({
  query: Query.make({
    types: ["AccountRegistered", "AccountClosed", "UsernameChanged"],
    tags: [`username:${name}`]
  }),
  decide: (seen) => {
    const last = seen.at(-1)
    const taken = last !== undefined && last.type !== "AccountClosed" &&
      (last.type !== "UsernameChanged" || (last.data as { to: string }).to === name)
    return unless([[taken, "the username is taken"]], [registered(name)])
  }
})

export const uniqueUsername = [
  scenario("a free username is taken", [registered("other")], register("ada"), { events: [registered("ada")] }),
  scenario("a taken username is refused", [registered("ada")], register("ada"), { refused: "the username is taken" }),
  scenario("a closed account frees its username", [registered("ada"), closed("ada")], register("ada"), {
    events: [registered("ada")]
  }),
  scenario("a changed username frees the old one", [registered("ada"), renamed("ada", "lin")], register("ada"), {
    events: [registered("ada")]
  }),
  scenario("a changed username takes the new one", [registered("ada"), renamed("ada", "lin")], register("lin"), {
    refused: "the username is taken"
  }),
  contest("of many who register one username at once one gets it", [], range(20).map(() => register("ada")), {
    accepted: 1,
    others: "the username is taken"
  })
]

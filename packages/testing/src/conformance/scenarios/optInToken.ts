/** A sign-up is confirmed with a one-time password, once. */
import * as Query from "@reventless/core/Query"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { range } from "../Fixture.ts"

const { contest, scenario } = scenarios("opt-in token")

const started = (email: string, otp: string) => fact("SignUpStarted", [`email:${email}`, `otp:${otp}`], { name: "Ada" })
const confirmed = (email: string, otp: string) =>
  fact("SignUpConfirmed", [`email:${email}`, `otp:${otp}`], { name: "Ada" })

const confirm = (email: string, otp: string): Decision => ({
  query: Query.make({ types: ["SignUpStarted", "SignUpConfirmed"], tags: [`email:${email}`, `otp:${otp}`] }),
  decide: (seen) =>
    unless([
      [seen.length === 0, "no such sign-up"],
      [seen.some(({ type }) => type === "SignUpConfirmed"), "already confirmed"]
    ], [confirmed(email, otp)])
})

export const optInToken = [
  scenario("a sign-up is confirmed with its password", [started("a@x", "1")], confirm("a@x", "1"), {
    events: [confirmed("a@x", "1")]
  }),
  scenario("a wrong password is refused", [started("a@x", "1")], confirm("a@x", "2"), { refused: "no such sign-up" }),
  scenario("somebody else's password is refused", [started("a@x", "1"), started("b@x", "2")], confirm("a@x", "2"), {
    refused: "no such sign-up"
  }),
  scenario("a password is used once", [started("a@x", "1"), confirmed("a@x", "1")], confirm("a@x", "1"), {
    refused: "already confirmed"
  }),
  contest(
    "of many confirmations at once one is accepted",
    [started("a@x", "1")],
    range(10).map(() => confirm("a@x", "1")),
    {
      accepted: 1,
      others: "already confirmed"
    }
  )
]

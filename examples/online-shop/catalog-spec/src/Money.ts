/** An amount of money in the smallest unit of its currency: 24900 EUR is 249 euros. */
import * as Schema from "effect/Schema"

export const Money = Schema.Struct({
  amount: Schema.Int.check(Schema.isGreaterThanOrEqualTo(0)),
  currency: Schema.Literals(["EUR", "USD"])
})
export type Money = typeof Money.Type

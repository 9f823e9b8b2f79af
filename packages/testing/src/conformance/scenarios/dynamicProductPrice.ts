/** An order is accepted at the price that was shown, as long as that price is valid. */
import * as Query from "@reventless/core/Query"
import { type Decision, fact, scenarios, unless } from "../Decision.ts"
import { range } from "../Fixture.ts"

const { contest, scenario } = scenarios("dynamic product price")

const defined = (product: string, price: number) => fact("ProductDefined", [`product:${product}`], { price })
const changed = (product: string, price: number) => fact("PriceChanged", [`product:${product}`], { price })
const ordered = (items: Readonly<Record<string, number>>) =>
  fact("ProductsOrdered", Object.keys(items).map((product) => `product:${product}`), { items })

const order = (items: Readonly<Record<string, number>>): Decision => ({
  query: {
    items: Object.keys(items).map((product) => ({
      types: ["ProductDefined", "PriceChanged"],
      tags: [`product:${product}`]
    }))
  },
  decide: (seen) =>
    unless(
      Object.entries(items).map(([product, shown]) => {
        const last = seen.findLast(({ tags }) => tags.includes(`product:${product}`))
        return [(last?.data as { price: number } | undefined)?.price !== shown, `wrong price of ${product}`] as const
      }),
      [ordered(items)]
    )
})

const change = (product: string, from: number, to: number): Decision => ({
  query: Query.make({ types: ["ProductDefined", "PriceChanged"], tags: [`product:${product}`] }),
  decide: (seen) =>
    unless([[(seen.at(-1)?.data as { price: number } | undefined)?.price !== from, "the price is another by now"]], [
      changed(product, to)
    ])
})

export const dynamicProductPrice = [
  scenario("the price that was shown is accepted", [defined("p1", 123)], order({ p1: 123 }), {
    events: [ordered({ p1: 123 })]
  }),
  scenario("another price is refused", [defined("p1", 123)], order({ p1: 100 }), { refused: "wrong price of p1" }),
  scenario("a changed price is the valid one", [defined("p1", 123), changed("p1", 134)], order({ p1: 134 }), {
    events: [ordered({ p1: 134 })]
  }),
  scenario("the old price isn't valid any more", [defined("p1", 123), changed("p1", 134)], order({ p1: 123 }), {
    refused: "wrong price of p1"
  }),
  scenario(
    "an order of several products looks at each of their prices",
    [defined("p1", 1), defined("p2", 2), changed("p2", 3), changed("p9", 9)],
    order({ p1: 1, p2: 3 }),
    { events: [ordered({ p1: 1, p2: 3 })] }
  ),
  scenario("one wrong price refuses the whole order", [defined("p1", 1), defined("p2", 2)], order({ p1: 1, p2: 3 }), {
    refused: "wrong price of p2"
  }),
  contest(
    "orders of one product don't stand in each other's way",
    [defined("p1", 1)],
    range(10).map(() => order({ p1: 1 })),
    {
      accepted: 10,
      others: ""
    }
  ),
  contest("of two changes of one price at once one is made", [defined("p1", 1)], [
    change("p1", 1, 2),
    change("p1", 1, 3)
  ], {
    accepted: 1,
    others: "the price is another by now"
  })
]

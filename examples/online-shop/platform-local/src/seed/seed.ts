/** Fills a new catalog through its HTTP API, as any client would. */
import type { PayloadOf } from "@reventless/core/CommandBus"
import type { AddProduct, Category } from "@reventless/example-catalog"
import { CategoryId, ProductId } from "@reventless/example-catalog-spec"
import * as Effect from "effect/Effect"
import * as HttpBody from "effect/http/HttpBody"
import * as HttpClient from "effect/http/HttpClient"
import * as Schema from "effect/Schema"
import * as Progress from "../Progress.ts"
import { categories, type SeedCategory, type SeedProduct } from "./data.ts"

/** The catalog didn't take something that the shop begins with. */
export class SeedRefused extends Schema.TaggedError<SeedRefused>()("SeedRefused", {
  command: Schema.String,
  id: Schema.String,
  answer: Schema.String
}) {
  override get message(): string {
    return `The catalog could not be filled: ${this.command} of '${this.id}' was answered with ${this.answer}. ` +
      "Use --reset to begin with a new shop, or --file to keep this one."
  }
}

interface Step {
  readonly command: string
  readonly id: string
  readonly payload: unknown
}

const createCategory = ({ id, name }: SeedCategory): Step => ({
  command: "Category/CreateCategory",
  id,
  payload: { categoryId: CategoryId.make(id), name } satisfies PayloadOf<typeof Category.commands.CreateCategory>
})

const addProduct = (category: SeedCategory) => ({ alsoIn, cents, description, id, name }: SeedProduct): Step => ({
  command: "AddProduct",
  id,
  payload: {
    productId: ProductId.make(id),
    categoryIds: [CategoryId.make(category.id), ...alsoIn.map((other) => CategoryId.make(other))],
    name,
    description,
    price: { amount: cents, currency: "EUR" }
  } satisfies PayloadOf<typeof AddProduct>
})

const steps = [
  ...categories.map(createCategory),
  ...categories.flatMap((category) => category.products.map(addProduct(category)))
]

/**
 * Fills the catalog unless that was done before. Each command has an idempotency key, so that one that was stopped
 * midway goes on where it was, and nothing is added twice.
 */
export const seed = Effect.fnUntraced(function*(url: string) {
  const http = yield* HttpClient.HttpClient
  const send = Effect.fnUntraced(function*({ command, id, payload }: Step) {
    const response = yield* http.post(`${url}/catalog/commands/${command}`, {
      headers: { "idempotency-key": `seed-${command}-${id}` },
      body: HttpBody.jsonUnsafe(payload)
    })
    if (response.status !== 200) return yield* new SeedRefused({ command, id, answer: yield* response.text })
  })
  const last = yield* http.get(`${url}/catalog/views/Products/${steps.at(-1)!.id}`)
  if (last.status === 404) yield* Progress.forEach("Filling the catalog", steps, send)
})

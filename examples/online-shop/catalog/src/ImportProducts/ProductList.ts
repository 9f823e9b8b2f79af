/**
 * A list of products as CSV: the first line names the columns `productId`, `category`, `name`, `price`, `currency` and
 * `count`, in any order; others are passed over. Prices have a point and at most two decimals, `count` says how many were
 * delivered. One line that is wrong doesn't stop the others.
 */
import * as Issues from "@reventless/core/Issues"
import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as Csv from "./Csv.ts"

const Product = Schema.Struct({
  productId: ProductId,
  category: CategoryId,
  name: Schema.NonEmptyString,
  price: Money,
  count: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: 1_000_000 }))
})

/** What a line says. */
export type Product = typeof Product.Type

export interface ProductList {
  readonly products: ReadonlyArray<{ readonly line: number; readonly product: Product }>
  readonly faults: ReadonlyArray<{ readonly line: number; readonly detail: string }>
}

const columns = ["productId", "category", "name", "price", "currency", "count"] as const

const decode = Schema.decodeUnknownResult(Product, { errors: "all" })

/** Cents; a text that is no price stays one, so that the schema says what is wrong with it. */
const cents = (text: string): number | string =>
  /^\d{1,9}(\.\d{1,2})?$/.test(text) ? Math.round(Number(text) * 100) : text

const whole = (text: string): number | string => /^\d{1,9}$/.test(text) ? Number(text) : text

const productOf = (value: (column: typeof columns[number]) => string) =>
  Result.mapError(
    decode({
      productId: value("productId"),
      category: value("category"),
      name: value("name"),
      price: { amount: cents(value("price")), currency: value("currency") },
      count: whole(value("count"))
    }),
    (error) => Issues.describe(error).detail
  )

/** Reads a list. Of several lines about one product the first counts. */
export const read = (text: string): ProductList => {
  const [head, ...rest] = Csv.lines(text)
  const missing = columns.filter((column) => !head?.fields?.includes(column))
  if (head?.fields === undefined || missing.length > 0) {
    return { products: [], faults: [{ line: 1, detail: `the first line must name the columns ${columns.join(", ")}` }] }
  }
  const names = head.fields
  const products = new Map<string, ProductList["products"][number]>()
  const faults: Array<ProductList["faults"][number]> = []
  for (const { fields, number: line } of rest) {
    if (fields === undefined || fields.length !== names.length) {
      const detail = fields === undefined
        ? "a quote isn't closed"
        : `it has ${fields.length} fields, not ${names.length}`
      faults.push({ line, detail })
      continue
    }
    const product = productOf((column) => fields[names.indexOf(column)]!)
    const first = Result.isSuccess(product) ? products.get(product.success.productId) : undefined
    if (Result.isFailure(product)) faults.push({ line, detail: product.failure })
    else if (first !== undefined) faults.push({ line, detail: `the product is on line ${first.line} already` })
    else products.set(product.success.productId, { line, product: product.success })
  }
  return { products: [...products.values()], faults }
}

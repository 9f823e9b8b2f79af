/** Why a command about an existing product is refused. */
import { ProductId } from "@reventless/example-catalog-spec"
import * as Schema from "effect/Schema"

export class ProductUnknown
  extends Schema.TaggedError<ProductUnknown>()("ProductUnknown", { productId: ProductId }, { httpApiStatus: 404 })
{
  override get message(): string {
    return `There is no product '${this.productId}'. Add it first.`
  }
}

export class ProductIsRetired
  extends Schema.TaggedError<ProductIsRetired>()("ProductIsRetired", { productId: ProductId })
{
  override get message(): string {
    return `The product '${this.productId}' is retired and stays as it was.`
  }
}

export { CategoryId, ProductId } from "./ids.ts"
export { Money } from "./Money.ts"
export {
  ProductBecameAvailable,
  ProductNameChanged,
  ProductPriceChanged,
  ProductRestocked,
  Products,
  ProductWithdrawn
} from "./Products.ts"

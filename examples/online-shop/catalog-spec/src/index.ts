export { CategoryId, ProductId } from "./ids.ts"
export { Money } from "./Money.ts"

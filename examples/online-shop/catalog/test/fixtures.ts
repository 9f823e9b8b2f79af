import { CategoryId, Money, ProductId } from "@reventless/example-catalog-spec"
import { CategoryArchived, CategoryCreated } from "@reventless/example-catalog/Category/Category"
import {
  PriceChanged,
  ProductAdded,
  ProductRenamed,
  ProductRetired,
  StockDelivered,
  StockMoved
} from "@reventless/example-catalog/ProductEvents"

export const euros = (euros: number) => Money.make({ amount: euros * 100, currency: "EUR" })

export const kitchen = CategoryId.make("kitchen")
export const gifts = CategoryId.make("gifts")
export const kitchenCreated = CategoryCreated.make({ categoryId: kitchen, name: "Kitchen" })
export const giftsCreated = CategoryCreated.make({ categoryId: gifts, name: "Gifts" })
export const giftsArchived = CategoryArchived.make({ categoryId: gifts })

const categoryIds = [kitchen, gifts] as const
export const productId = ProductId.make("kettle")
export const kettle = { productId, categoryIds, name: "Kettle", description: "Boils water.", price: euros(79) }
export const kettleAdded = ProductAdded.make(kettle)
export const kettleRenamed = ProductRenamed.make({ productId, categoryIds, name: "Gooseneck kettle" })
export const kettleRepriced = PriceChanged.make({ productId, categoryIds, price: euros(69) })
export const kettleRetired = ProductRetired.make({ productId, categoryIds })
export const kettlesDelivered = StockDelivered.make({ productId, count: 5 })
export const kettlesSold = StockMoved.make({ productId, by: -2, reference: "order 1001" })

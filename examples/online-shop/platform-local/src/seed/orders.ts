/** The first customers, and what they do. */
import { CustomerId } from "@reventless/example-ordering"

const customer = (id: string, name: string, address: string) => ({
  customerId: CustomerId.make(id),
  name,
  email: `${id}@example.com`,
  address
})

export const customers = [
  customer("ada", "Ada Winter", "1 Mill Lane, Leeds"),
  customer("ben", "Ben Okoye", "Hafenstraße 12, Hamburg"),
  customer("cleo", "Cleo Martin", "4 rue des Lilas, Lyon")
]

export interface SeedOrder {
  readonly id: string
  readonly customer: string
  readonly product: string
  readonly quantity: number
  readonly then: "is paid" | "is cancelled" | "waits"
}

const order = (
  id: string,
  customer: string,
  product: string,
  quantity: number,
  then: SeedOrder["then"]
): SeedOrder => ({
  id,
  customer,
  product,
  quantity,
  then
})

export const orders: ReadonlyArray<SeedOrder> = [
  order("1001", "ada", "gooseneck-kettle", 1, "is paid"),
  order("1002", "ada", "paper-filters", 3, "is paid"),
  order("1003", "ben", "wool-throw", 2, "is paid"),
  order("1004", "cleo", "cutlery", 1, "is cancelled"),
  order("1005", "ben", "desk-lamp", 1, "waits")
]

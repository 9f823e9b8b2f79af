/** The first customers, and what they do: the same each time. */
import { categories } from "./data.ts"

const names = [
  "Ada Winter|1 Mill Lane, Leeds",
  "Ben Okoye|Hafenstraße 12, Hamburg",
  "Cleo Martin|4 rue des Lilas, Lyon",
  "Dan Novak|Lipová 8, Brno",
  "Eva Lindgren|Storgatan 31, Uppsala",
  "Finn O'Brien|9 Quay Street, Galway",
  "Gina Rossi|Via Roma 77, Torino",
  "Hugo Peeters|Kerkstraat 5, Gent",
  "Ines Costa|Rua do Sol 14, Porto",
  "Jan Kowalski|ulica Długa 22, Kraków",
  "Kira Hansen|Strandvejen 60, Aarhus",
  "Luis Romero|Calle Mayor 3, Sevilla",
  "Mara Weber|Lindengasse 18, Wien",
  "Nils Berg|Havnegata 7, Bergen",
  "Olga Petrova|ulitsa Rakovski 40, Sofia",
  "Paul Meier|Bahnhofstrasse 2, Luzern",
  "Rosa Silva|Avenida Central 51, Braga",
  "Sam Taylor|23 Castle Street, York",
  "Tess de Vries|Nieuwegracht 90, Utrecht",
  "Uma Jensen|Nørregade 11, Odense"
]

export const customers = names.map((line) => {
  const [name = "", address = ""] = line.split("|")
  const id = name.split(" ")[0]!.toLowerCase()
  return { id, name, email: `${id}@example.com`, address }
})

const products = categories.flatMap(({ products }) => products)

export interface SeedOrder {
  readonly id: string
  readonly customer: string
  readonly product: string
  readonly quantity: number
  readonly cents: number
  readonly then: "waits" | "is cancelled" | "is paid" | "is delivered"
}

/** More pieces than fit into a box: such an order is paid, and waits for somebody to ship it. */
const crate = 12

/** Numbers from 0 up to 2³² that follow from a number, and look as if they didn't. */
const mixed = (seed: number): number => {
  let value = Math.imul(seed ^ (seed >>> 15), 0x2c1b3c6d)
  value = Math.imul(value ^ (value >>> 12), 0x297a2d39)
  return (value ^ (value >>> 15)) >>> 0
}

const thenOf = (index: number): SeedOrder["then"] =>
  index >= 138 ? "waits" : index % 15 === 7 ? "is cancelled" : index < 60 ? "is delivered" : "is paid"

export const orders: ReadonlyArray<SeedOrder> = Array.from({ length: 150 }, (_, index) => {
  const { cents, id: product } = products[mixed(index + 1) % products.length]!
  const then = thenOf(index)
  return {
    id: `${1001 + index}`,
    customer: customers[mixed(index + 1000) % customers.length]!.id,
    product,
    quantity: then === "is paid" && index % 8 === 3 ? crate : 1 + mixed(index + 2000) % 4,
    cents,
    then
  }
})

/** The states of an order that has come as far as it is to come by itself. */
export const endsOf = ({ quantity, then }: SeedOrder): ReadonlyArray<string> => {
  switch (then) {
    case "waits":
      return ["placed", "paid", "shipped", "delivered", "cancelled"]
    case "is cancelled":
      return ["cancelled"]
    case "is paid":
      return quantity === crate ? ["paid", "shipped", "delivered"] : ["shipped", "delivered"]
    case "is delivered":
      return ["delivered"]
  }
}

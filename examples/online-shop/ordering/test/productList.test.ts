import { assert, describe, it } from "@effect/vitest"
import * as ProductList from "@reventless/example-ordering/ImportProducts/ProductList"

const head = "productId,name,price,currency,stock"
const read = (...lines: ReadonlyArray<string>) => ProductList.read([head, ...lines].join("\n"))
const kettle = { productId: "kettle", name: "Kettle", price: { amount: 7900, currency: "EUR" }, stock: 12 }

describe("a list of products", () => {
  it("has a product a line", () => {
    const { faults, products } = read("kettle,Kettle,79,EUR,12", "mug,Mug,12.5,USD,0")
    assert.deepStrictEqual(faults, [])
    assert.deepEqual(products, [
      { line: 2, product: kettle },
      { line: 3, product: { productId: "mug", name: "Mug", price: { amount: 1250, currency: "USD" }, stock: 0 } }
    ] as never)
  })

  it("may have its columns in another order, more of them, empty lines, and lines ended as on Windows", () => {
    const { faults, products } = ProductList.read(
      "stock,colour,name,currency,price,productId\r\n\r\n12,red,Kettle,EUR,79.00,kettle\r\n"
    )
    assert.deepStrictEqual(faults, [])
    assert.deepEqual(products, [{ line: 3, product: kettle }] as never)
  })

  it("may have commas and quotes in quoted fields", () => {
    const { products } = read("kettle,\"Kettle, \"\"whistling\"\"\",79.00,EUR,12")
    assert.deepEqual(products.map(({ product }) => product.name), ["Kettle, \"whistling\""])
  })

  it("says of each wrong line what is wrong with it, and takes the others", () => {
    const { faults, products } = read(
      "kettle,Kettle,79.00,EUR,12",
      ",Nothing,1.00,EUR,1",
      "mug,Mug,twelve,EUR,1",
      "pot,Pot,9.999,EUR,1",
      "pan,Pan,9.99,GBP,1",
      "jar,Jar,9.99,EUR,-1",
      "cup,Cup,9.99,EUR",
      "lid,\"Lid,9.99,EUR,1",
      "kettle,Another kettle,1.00,EUR,1",
      "spoon,Spoon,3.00,EUR,4"
    )
    assert.deepEqual(products.map(({ line }) => line), [2, 11])
    assert.deepEqual(faults.map(({ line }) => line), [3, 4, 5, 6, 7, 8, 9, 10])
    const paths = faults.slice(0, 5).map(({ detail }) => detail.split(":")[0])
    assert.deepEqual(paths, ["productId", "price.amount", "price.amount", "price.currency", "stock"])
    assert.deepEqual(faults.slice(5).map(({ detail }) => detail), [
      "it has 4 fields, not 5",
      "a quote isn't closed",
      "the product is on line 2 already"
    ])
  })

  it("that doesn't name its columns is refused as a whole", () => {
    for (const text of ["", "kettle,Kettle,79.00,EUR,12", "productId,name"]) {
      const { faults, products } = ProductList.read(text)
      assert.deepStrictEqual(products, [])
      assert.match(faults[0]!.detail, /first line must name the columns productId, name, price, currency, stock/)
    }
  })
})

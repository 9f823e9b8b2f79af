import { assert, describe, it } from "@effect/vitest"
import * as ProductList from "@reventless/example-catalog/ImportProducts/ProductList"

const head = "productId,category,name,price,currency,count"
const read = (...lines: ReadonlyArray<string>) => ProductList.read([head, ...lines].join("\n"))
const kettle = {
  productId: "kettle",
  category: "kitchen",
  name: "Kettle",
  price: { amount: 7900, currency: "EUR" },
  count: 12
}

describe("a list of products", () => {
  it("has a product a line", () => {
    const { faults, products } = read("kettle,kitchen,Kettle,79,EUR,12", "mug,kitchen,Mug,12.5,USD,0")
    assert.deepStrictEqual(faults, [])
    assert.deepEqual(products, [
      { line: 2, product: kettle },
      {
        line: 3,
        product: {
          productId: "mug",
          category: "kitchen",
          name: "Mug",
          price: { amount: 1250, currency: "USD" },
          count: 0
        }
      }
    ] as never)
  })

  it("may have its columns in another order, more of them, empty lines, and lines ended as on Windows", () => {
    const { faults, products } = ProductList.read(
      "count,colour,name,currency,price,category,productId\r\n\r\n12,red,Kettle,EUR,79.00,kitchen,kettle\r\n"
    )
    assert.deepStrictEqual(faults, [])
    assert.deepEqual(products, [{ line: 3, product: kettle }] as never)
  })

  it("may have commas and quotes in quoted fields", () => {
    const { products } = read("kettle,kitchen,\"Kettle, \"\"whistling\"\"\",79.00,EUR,12")
    assert.deepEqual(products.map(({ product }) => product.name), ["Kettle, \"whistling\""])
  })

  it("says of each wrong line what is wrong with it, and takes the others", () => {
    const { faults, products } = read(
      "kettle,kitchen,Kettle,79.00,EUR,12",
      ",kitchen,Nothing,1.00,EUR,1",
      "mug,kitchen,Mug,twelve,EUR,1",
      "pot,kitchen,Pot,9.999,EUR,1",
      "pan,kitchen,Pan,9.99,GBP,1",
      "jar,kitchen,Jar,9.99,EUR,-1",
      "cup,kitchen,Cup,9.99,EUR",
      "lid,kitchen,\"Lid,9.99,EUR,1",
      "kettle,kitchen,Another kettle,1.00,EUR,1",
      "spoon,kitchen,Spoon,3.00,EUR,4"
    )
    assert.deepEqual(products.map(({ line }) => line), [2, 11])
    assert.deepEqual(faults.map(({ line }) => line), [3, 4, 5, 6, 7, 8, 9, 10])
    const paths = faults.slice(0, 5).map(({ detail }) => detail.split(":")[0])
    assert.deepEqual(paths, ["productId", "price.amount", "price.amount", "price.currency", "count"])
    assert.deepEqual(faults.slice(5).map(({ detail }) => detail), [
      "it has 5 fields, not 6",
      "a quote isn't closed",
      "the product is on line 2 already"
    ])
  })

  it("that doesn't name its columns is refused as a whole", () => {
    for (const text of ["", "kettle,kitchen,Kettle,79.00,EUR,12", "productId,name"]) {
      const { faults, products } = ProductList.read(text)
      assert.deepStrictEqual(products, [])
      assert.match(
        faults[0]!.detail,
        /first line must name the columns productId, category, name, price, currency, count/
      )
    }
  })
})

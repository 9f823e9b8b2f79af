import * as Shop from "./Shop.ts"
import type { Stock } from "./Stock.ts"

/** What the shop says when it is open: where it is, and what to try. */
export const welcome = (
  { file, mails, port, stock, url, version }: {
    readonly file: string
    /** How many confirmations were sent. */
    readonly mails: number
    readonly port: number
    readonly stock: Stock
    readonly url: string
    readonly version: string
  }
): string => {
  const post = "-H 'content-type: application/json' -d"
  const price = `{"productId":"umbrella","price":{"amount":3900,"currency":"EUR"}}`
  const order = `{"orderId":"2001","customerId":"ada","productId":"umbrella","quantity":1}`
  const list = "productId,name,price,currency,stock\\nrain-hat,Rain hat,19.90,EUR,5\\nsun-hat,Sun hat,cheap,EUR,5\\n"
  const orders = ["shipped", "paid", "placed", "cancelled"].filter((status) => stock.orders.has(status))
    .map((status) => `${stock.orders.get(status)} ${status}`)
  const { inbox, mails: mailFile } = Shop.beside(file)
  return `
Online shop ${version}: ${stock.categories} categories, ${stock.products} products, ${stock.events} events in ${file}
Orders: ${orders.join(", ")}; ${mails} confirmed in ${mailFile}
  API docs   ${url}/docs
  OpenAPI    ${url}/openapi.json
  Products   ${url}/catalog/views/Products?index=byName
  Orders     ${url}/ordering/views/Orders?index=byStatus&where.status=shipped

Try the cheapest of a category, a new price, the price as it is now, and prices as they change:
  curl '${url}/catalog/views/ProductsByCategory?index=byPrice&where.categoryId=kitchen&limit=3'
  curl ${url}/catalog/commands/ChangePrice ${post} '${price}'
  curl ${url}/catalog/views/Products/umbrella
  curl -N ${url}/catalog/watch/LivePrices

Order something, pay it as the payment provider does, and see it shipped; or offer products by a list:
  curl ${url}/ordering/commands/PlaceOrder ${post} '${order}'
  npx -y pnpm@12.21.0 demo pay 2001${port === 4000 ? "" : ` --port ${port}`}
  curl ${url}/ordering/views/Orders/2001
  printf '${list}' > ${inbox}/products/hats.csv
  cat ${inbox}/reports/products/hats.csv.txt

What isn't paid within 30 minutes is cancelled. Payments are signed with PAYMENT_WEBHOOK_SECRET, or '${Shop.developmentSecret}'.
Writes and operations are open: this demo takes every caller for a shop manager. Look behind the counter:
  npx -y pnpm@12.21.0 reventless views${port === 4000 ? "" : ` --url ${url}`}
Ctrl-C closes the shop; --help shows its flags.`
}

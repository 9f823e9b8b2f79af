import * as Shop from "./Shop.ts"
import type { Summary } from "./Summary.ts"

/** Tokens to try the shop with, by who has them. */
export interface Tokens {
  readonly ada: string
  readonly manager: string
}

/** What the shop says when it is open: where it is, and what to try. */
export const welcome = (
  { file, mails, port, summary, tokens, url, version }: Shop.Options & {
    /** How many confirmations were sent. */
    readonly mails: number
    readonly summary: Summary
    readonly tokens: Tokens
    readonly url: string
  }
): string => {
  const as = (who: keyof Tokens) => `-H "authorization: Bearer $${who}"`
  const post = "-H 'content-type: application/json' -d"
  const price = `{"productId":"umbrella","price":{"amount":3900,"currency":"EUR"}}`
  const order = `{"orderId":"2001","customerId":"ada","productId":"umbrella","quantity":1}`
  const list = "productId,category,name,price,currency,count\\nrain-hat,travel,Rain hat,19.90,EUR,5\\n" +
    "sun-hat,travel,Sun hat,cheap,EUR,5\\n"
  const orders = ["delivered", "shipped", "paid", "placed", "cancelled"].filter((status) => summary.orders.has(status))
    .map((status) => `${summary.orders.get(status)} ${status}`)
  const { inbox, mails: mailFile } = Shop.beside(file)
  const at = port === 4000 ? "" : ` --port ${port}`
  return `
Online shop ${version}: ${summary.categories} categories, ${summary.products} products, ${summary.customers} customers, ${summary.events} events in ${file}
Orders: ${orders.join(", ")}; ${mails} confirmed in ${mailFile}
  API docs   ${url}/docs
  OpenAPI    ${url}/openapi.json
  Products   ${url}/catalog/views/Products?index=byName
  Offers     ${url}/ordering/views/Offers

Anyone may browse: the cheapest of a category, what sells out first, and prices as they change:
  curl '${url}/catalog/views/ProductsByCategory?index=byPrice&where.categoryId=kitchen&limit=3'
  curl '${url}/catalog/views/Stock?index=byLeft&limit=3'
  curl -N ${url}/catalog/watch/LivePrices

Customers order for themselves and see their own orders. Ada orders, pays as the payment provider does, and a moment
later sees it shipped:
  ada=${tokens.ada}
  curl ${url}/ordering/commands/PlaceOrder ${as("ada")} ${post} '${order}'
  npx -y pnpm@12.21.0 demo pay 2001${at}
  curl ${url}/ordering/views/Orders/2001 ${as("ada")}
  curl ${url}/ordering/views/Orders ${as("ada")}

Shop managers see and change everything. Ordering follows the new price a moment later, and a list that is dropped is read
a few seconds later; repeat 'curl' and 'cat' until then:
  manager=${tokens.manager}
  curl ${url}/catalog/commands/ChangePrice ${as("manager")} ${post} '${price}'
  curl ${url}/ordering/views/Offers/umbrella
  printf '${list}' > ${inbox}/products/hats.csv
  cat ${inbox}/reports/products/hats.csv.txt
  curl '${url}/ordering/views/Orders?index=byStatus&where.status=paid' ${as("manager")}
  npx reventless work --token $manager${port === 4000 ? "" : ` --url ${url}`}

What isn't paid is reminded of after 10 minutes and cancelled after 30; more than 10 pieces wait for 'ShipParcel' by hand.
Payments are signed with PAYMENT_WEBHOOK_SECRET, or '${Shop.developmentSecret}'. Tokens for others: POST ${url}/dev/token.
Ctrl-C closes the shop; --help shows its flags.`
}

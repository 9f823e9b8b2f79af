import type { Stock } from "./Stock.ts"

/** What the shop says when it is open: where it is, and what to try. */
export const welcome = (
  { file, stock, url, version }: {
    readonly file: string
    readonly stock: Stock
    readonly url: string
    readonly version: string
  }
): string => {
  const price = `{"productId":"umbrella","price":{"amount":3900,"currency":"EUR"}}`
  return `
Online shop ${version}: ${stock.categories} categories, ${stock.products} products, ${stock.events} events in ${file}
  API docs   ${url}/docs
  OpenAPI    ${url}/openapi.json
  Products   ${url}/catalog/views/Products?index=byName

Try the cheapest of a category, a new price, the price as it is now, and prices as they change:
  curl '${url}/catalog/views/ProductsByCategory?index=byPrice&where.categoryId=kitchen&limit=3'
  curl ${url}/catalog/commands/ChangePrice -H 'content-type: application/json' -d '${price}'
  curl ${url}/catalog/views/Products/umbrella
  curl -N ${url}/catalog/watch/LivePrices

Writes and operations (pnpm reventless views) are open: this demo takes every caller for a shop manager. Ctrl-C closes the shop; --help shows its flags.`
}

/**
 * Those who order, as they come over HTTP: they place orders, pay two of three by a signed webhook, and send anything again
 * that they got no answer to.
 */
import * as Webhook from "@reventless/core/Webhook"
import * as Effect from "effect/Effect"
import * as Redacted from "effect/Redacted"
import { setTimeout as sleep } from "node:timers/promises"
import { developmentSecret } from "../../src/Shop.ts"

/** An order, and how far its customer has come with it. */
export interface Wish {
  readonly orderId: string
  readonly customerId: string
  readonly productId: string
  readonly quantity: number
  readonly pays: boolean
  state: "wanted" | "placed" | "paid" | "refused"
  /** How often the customer has asked for something. */
  tries: number
}

/** What a customer has to do still. */
export const isOpen = ({ pays, state }: Wish): boolean => state === "wanted" || (state === "placed" && pays)

/** What was answered and shouldn't have been. */
class Unexpected extends Error {}

const post = async (url: string, headers: Readonly<Record<string, string>>, body: string) => {
  const answer = await fetch(url, { method: "POST", headers: { "content-type": "application/json", ...headers }, body })
  return { status: answer.status, text: await answer.text() }
}

/** The price of everything. */
export const cents = 1000

/** The shop as it is open now: where, and by what clock. */
export interface Door {
  readonly url: string
  readonly ahead: number
}

export const register = async ({ url }: Door, customerId: string) => {
  const body = JSON.stringify({
    customerId,
    name: customerId,
    email: `${customerId}@example.com`,
    address: "1 Mill Lane"
  })
  const headers = { "idempotency-key": `register-${customerId}` }
  const { status, text } = await post(`${url}/ordering/commands/Customer/Register`, headers, body)
  if (status !== 200) throw new Unexpected(`registering was answered ${status}: ${text}`)
}

const place = async ({ url }: Door, wish: Wish) => {
  const { customerId, orderId, productId, quantity } = wish
  const body = JSON.stringify({ orderId, customerId, productId, quantity })
  const { status, text } = await post(`${url}/ordering/commands/PlaceOrder`, { "idempotency-key": orderId }, body)
  if (status === 200) wish.state = "placed"
  else if (text.includes("OutOfStock")) wish.state = "refused"
  // Its list was dropped, and isn't read yet.
  else if (!text.includes("ProductNotOffered")) throw new Unexpected(`placing was answered ${status}: ${text}`)
}

const pay = async ({ ahead, url }: Door, wish: Wish) => {
  const id = `payment-${wish.orderId}`
  const body = JSON.stringify({
    payment: id,
    reference: wish.orderId,
    amount: cents * wish.quantity,
    currency: "EUR"
  })
  const timestamp = Math.floor((Date.now() + ahead) / 1000)
  const headers = await Effect.runPromise(Webhook.sign(Redacted.make(developmentSecret), { id, timestamp, body }))
  const { status, text } = await post(`${url}/ordering/inbound/PaymentReceived`, { ...headers }, body)
  if (status >= 300) throw new Unexpected(`a payment was answered ${status}: ${text}`)
  wish.state = "paid"
}

/** The end of the shop, as far as its customers are concerned. */
export interface End {
  isHere: boolean
}

const turn = ({ state, tries }: Wish): number => state === "placed" ? -1 : tries

/**
 * Does for four customers at once what there is to do, until nothing is left or the shop was killed. First what is ordered
 * is paid, then comes who has tried least: orders of what isn't offered yet hold up no others.
 */
export const go = async (door: Door, wishes: ReadonlyArray<Wish>, end: End) => {
  const busy = new Set<Wish>()
  const one = async () => {
    while (!end.isHere) {
      const [wish] = wishes.filter((wish) => isOpen(wish) && !busy.has(wish)).sort((a, b) => turn(a) - turn(b))
      if (wish === undefined && busy.size === 0) return
      if (wish === undefined) {
        await sleep(5)
        continue
      }
      busy.add(wish)
      wish.tries++
      try {
        await (wish.state === "wanted" ? place(door, wish) : pay(door, wish))
        if (wish.state === "wanted") await sleep(20)
      } catch (error) {
        // The shop was killed before it answered: whoever asked doesn't know what came of it.
        if (error instanceof Unexpected || !end.isHere) throw error
      } finally {
        busy.delete(wish)
      }
    }
  }
  await Promise.all(Array.from({ length: 4 }, one))
}

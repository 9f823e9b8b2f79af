/**
 * Those who order, as they come over HTTP: they register, place orders, pay two of three by a signed webhook, and send anything again
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

/** What wasn't answered, or with the request to try again: whoever asked doesn't know what came of it. */
class Unanswered extends Error {}

const post = async (url: string, headers: Readonly<Record<string, string>>, body: string) => {
  const all = { "content-type": "application/json", ...headers }
  const { status, text } = await fetch(url, { method: "POST", headers: all, body }).then(
    async (answer) => ({ status: answer.status, text: await answer.text() })
  ).catch((error: unknown) => {
    throw new Unanswered(`${url}: ${error}`, { cause: error })
  })
  // It may be busy, or others were faster many times: it wants to be asked again.
  if (status === 503 || text.includes("CommandConflict")) throw new Unanswered(`${url} was answered ${status}: ${text}`)
  return { status, text }
}

/** Sends again what isn't answered, a few times: the shop is open, but it may be busy. */
const persist = async <A>(ask: () => Promise<A>): Promise<A> => {
  for (let tries = 1;; tries++) {
    try {
      return await ask()
    } catch (error) {
      if (!(error instanceof Unanswered) || tries === 10) throw error
      await sleep(200)
    }
  }
}

/** The price of everything. */
export const cents = 1000

/** The shop as it is open now: where, by what clock, and with a token of the shop manager's, who orders for everyone. */
export interface Door {
  readonly url: string
  readonly ahead: number
  readonly token: string
}

/** Goes in. */
export const enter = async (url: string, ahead: number): Promise<Door> => {
  const wanted = JSON.stringify({ sub: "mia", groups: ["shop-manager"] })
  const { status, text } = await persist(() => post(`${url}/dev/token`, {}, wanted))
  if (status !== 200) throw new Unexpected(`asking for a token was answered ${status}: ${text}`)
  return { url, ahead, token: (JSON.parse(text) as { readonly token: string }).token }
}

const authorized = ({ token }: Door, key: string) => ({ authorization: `Bearer ${token}`, "idempotency-key": key })

export const register = async (door: Door, customerId: string) => {
  const body = JSON.stringify({
    customerId,
    name: customerId,
    email: `${customerId}@example.com`,
    address: "1 Mill Lane"
  })
  const headers = authorized(door, `register-${customerId}`)
  const { status, text } = await persist(() => post(`${door.url}/customers/commands/Customer/Register`, headers, body))
  if (status !== 200) throw new Unexpected(`registering was answered ${status}: ${text}`)
}

/** Whether those who have asked for a product before may have left too little of it. */
const isSoldOut = (wish: Wish, wishes: ReadonlyArray<Wish>, stock: ReadonlyMap<string, number>): boolean => {
  const others = wishes.filter((one) =>
    one !== wish && one.productId === wish.productId && one.tries > 0 && one.state !== "refused"
  )
  const taken = others.reduce((sum, { quantity }) => sum + quantity, 0)
  return stock.get(wish.productId)! - taken < wish.quantity
}

const place = async (door: Door, wish: Wish, wishes: ReadonlyArray<Wish>, stock: ReadonlyMap<string, number>) => {
  const { customerId, orderId, productId, quantity } = wish
  const body = JSON.stringify({ orderId, customerId, productId, quantity })
  const { status, text } = await post(`${door.url}/ordering/commands/PlaceOrder`, authorized(door, orderId), body)
  if (status === 200) wish.state = "placed"
  else if (text.includes("OutOfStock") && isSoldOut(wish, wishes, stock)) wish.state = "refused"
  // Ordering hasn't heard yet of the customer, the product, or what was delivered of it.
  else if (!/CustomerUnknown|ProductNotOffered|OutOfStock/.test(text)) {
    throw new Unexpected(`placing was answered ${status}: ${text}`)
  }
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
export const go = async (
  door: Door,
  wishes: ReadonlyArray<Wish>,
  stock: ReadonlyMap<string, number>,
  end: End
) => {
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
        await (wish.state === "wanted" ? place(door, wish, wishes, stock) : pay(door, wish))
        if (wish.state === "wanted") await sleep(20)
      } catch (error) {
        // It was killed before it answered, was too busy, or took the connection for idle: it is asked again.
        if (!(error instanceof Unanswered)) throw error
        if (!end.isHere) await sleep(50)
      } finally {
        busy.delete(wish)
      }
    }
  }
  await Promise.all(Array.from({ length: 4 }, one))
}

/**
 * The way from a process to the simulated DynamoDB and back, on which everything can go wrong that goes wrong on a
 * network: an answer is lost, a request arrives long after its sender gave up, the SDK sends it again behind the back of
 * the caller, the service is too busy or breaks down before or after the work is done.
 */
import * as Effect from "effect/Effect"
import type { Server } from "./Server.ts"
import { type Answer, canceled, refusal, type Send, type Thrown, type TransactWrite } from "./Wire.ts"
import type { World } from "./World.ts"

/** How often it goes wrong, each as a share of requests. */
export interface Faults {
  /** The answer never comes, or later than the sender waits. */
  readonly unanswered: number
  /** The request is sent twice, and only the answer to the second one arrives. */
  readonly sentTwice: number
  /** The service refuses for its rate, or breaks down, or can't be reached. */
  readonly refused: number
  /** Each process gets no answer at all for some time, which may be longer than it is willing to try again. */
  readonly outages: boolean
}

const timeout: Thrown = { name: "TimeoutError", message: "socket hang up", $metadata: {} }

const broken: Thrown = {
  name: "InternalServerError",
  message: "",
  $fault: "server",
  $metadata: { httpStatusCode: 500 }
}

const unreachable: Thrown = { name: "Error", code: "ECONNREFUSED", message: "connect ECONNREFUSED", $metadata: {} }

/** Makes a client of one process, with faults. A program that doesn't wait any longer takes back nothing: the request is on its way. */
export const make = (world: World, server: Server, faults: Faults): Send => {
  const chance = (share: number) => share > 0 && world.random() < share
  const outage = { from: world.random() * 400, time: faults.outages ? world.random() * 15_000 : 0 }
  const cutOff = () => world.now() >= outage.from && world.now() < outage.from + outage.time

  const refuse = (operation: string, request: unknown): Answer => {
    const kind = world.below(3)
    if (kind === 0) return { thrown: unreachable }
    if (kind === 1 && operation === "TransactWriteItems") {
      return canceled((request as TransactWrite).TransactItems.map((_, index) => ({
        Code: index === 0 ? "ThrottlingError" : "None"
      })))
    }
    return refusal("ThrottlingException", "Rate exceeded")
  }

  /** Sends the request on its way; answers at most once. */
  const exchange = (operation: string, request: unknown, answer: (answer: Answer) => void): void => {
    if (chance(faults.refused)) {
      if (chance(0.7)) {
        world.after(world.random() * 5, () => answer(refuse(operation, request)))
      } else {
        server.handle(operation, request, () => answer({ thrown: broken }))
      }
      return
    }
    const lost = cutOff() || chance(faults.unanswered / 2)
    const impatient = lost || chance(faults.unanswered / 2)
    if (impatient) world.after(5 + world.random() * 100, () => answer({ thrown: timeout }))
    if (!cutOff() || chance(0.5)) server.handle(operation, request, lost ? () => {} : answer)
  }

  return (operation, request) =>
    Effect.callback((resume) => {
      let answered = false
      const answer = (outcome: Answer) => {
        if (answered) return
        answered = true
        resume("ok" in outcome ? Effect.succeed(outcome.ok) : Effect.fail({ cause: outcome.thrown }))
      }
      if (chance(faults.sentTwice)) {
        server.handle(operation, request, () => {})
        world.after(world.random() * 40, () => exchange(operation, request, answer))
      } else {
        exchange(operation, request, answer)
      }
    })
}

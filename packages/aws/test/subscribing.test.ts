import { describe, it } from "@effect/vitest"
import * as Doorbells from "@reventless/aws/Doorbells"
import * as EventStoreDynamo from "@reventless/aws/EventStoreDynamo"
import * as PendingRings from "../src/internal/pendingRings.ts"
import { scenarios } from "./following/scenarios.ts"

describe("the store on a DynamoDB that hides items, with doorbells that ring in any order", () => {
  for (const { claim, run } of scenarios) it.effect(claim, () => run({ Doorbells, EventStoreDynamo, PendingRings }))
})

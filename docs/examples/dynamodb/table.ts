/** Creates a table: `node table.ts seats-events eu-central-1`. */
import * as NodeRuntime from "@effect/platform-node/NodeRuntime"
import * as Dynamo from "@reventless/aws/Dynamo"
import * as DynamoTable from "@reventless/aws/DynamoTable"
import * as Effect from "effect/Effect"

const [table = "seats-events", region = "eu-central-1"] = process.argv.slice(2)

DynamoTable.create({ table }).pipe(Effect.provide(Dynamo.layer({ region })), NodeRuntime.runMain)

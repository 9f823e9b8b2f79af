export * as Dynamo from "./Dynamo.ts"
export * as DynamoTable from "./DynamoTable.ts"
export * as EventStoreDynamo from "./EventStoreDynamo.ts"
export * as SnapshotStoreDynamo from "./SnapshotStoreDynamo.ts"

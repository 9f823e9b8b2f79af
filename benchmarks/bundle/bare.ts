/** A function that has nothing but the client of DynamoDB. */
import * as Client from "@aws-sdk/client-dynamodb"

let client: Client.DynamoDBClient | undefined

export const handler = (item: Record<string, Client.AttributeValue>) => {
  client ??= new Client.DynamoDBClient({})
  return client.send(new Client.PutItemCommand({ TableName: "events", Item: item }))
}

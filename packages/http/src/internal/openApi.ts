import * as OpenApi from "effect/http-api/OpenApi"
import type { Api } from "./api.ts"
import { example } from "./example.ts"

type Json = Readonly<Record<string, any>>

/** A request body with an example of what could be sent. */
const withExample = (schemas: Json, body: Json | undefined): Json | undefined => {
  const content = body?.["content"]?.["application/json"]
  return content === undefined ? body : {
    ...body,
    content: { "application/json": { ...content, example: example(content.schema, schemas) } }
  }
}

/** Leaves out what a generated client of Effect needs and nobody else understands. */
const withoutStreamDetails = (responses: Json): Json =>
  Object.fromEntries(
    Object.entries(responses).map(([status, response]) => [
      status,
      response.content?.["text/event-stream"] === undefined ? response : {
        ...response,
        content: { "text/event-stream": { schema: response.content["text/event-stream"].schema } }
      }
    ])
  )

/** The OpenAPI 3.1 document of an API. */
export const document = ({ http }: Api): Json => {
  const spec = OpenApi.fromApi(http) as unknown as Json
  const schemas = spec["components"].schemas
  const paths = Object.fromEntries(
    Object.entries(spec["paths"] as Record<string, Json>).map(([path, methods]) => [
      path,
      Object.fromEntries(
        Object.entries(methods).map(([method, { requestBody, ...operation }]) => {
          const body = withExample(schemas, requestBody)
          return [method, {
            ...operation,
            ...(body === undefined ? {} : { requestBody: body }),
            responses: withoutStreamDetails(operation.responses)
          }]
        })
      )
    ])
  )
  return { ...spec, paths }
}

import * as OpenApi from "effect/http-api/OpenApi"
import * as Schema from "effect/Schema"
import type { Resolver } from "../PrincipalResolver.ts"
import * as Problem from "../Problem.ts"
import type { Api, Endpoint } from "./api.ts"
import { outcomeFields } from "./endpoints.ts"
import { example } from "./example.ts"
import * as Security from "./security.ts"
import * as ViewParameters from "./viewParameters.ts"

type Json = Readonly<Record<string, any>>

const problems: Readonly<Record<number, string>> = {
  400: "The request is malformed; `errors` names each field. Nothing was written.",
  401: "The caller is not identified, or its credentials were refused.",
  403: "The caller may not do this.",
  404: "There is nothing by that name.",
  409: "Others kept changing what the command decides on. Nothing was written.",
  410: "The view was rebuilt. Start again without the cursor.",
  413: "The body is greater than 1 MiB.",
  415: "The body is not `application/json`.",
  422: "The Idempotency-Key was used before for other content. Nothing was written.",
  500: "The server failed; its log has the correlation id.",
  503: "Try again after the time that `retry-after` says."
}

/** What else than a success and its own errors each kind of endpoint answers. */
const statuses = {
  command: [400, 401, 403, 409, 413, 415, 422, 500, 503],
  inbound: [400, 401, 403, 409, 413, 415, 500, 503],
  outcome: [400, 404, 500, 503],
  get: [400, 401, 403, 404, 500, 503],
  list: [400, 401, 403, 410, 500, 503],
  watch: [400, 401, 403, 500, 503],
  asks: [400, 401, 403, 404, 500, 503],
  acts: [400, 401, 403, 404, 413, 415, 500, 503],
  token: [400, 403, 413, 415, 500]
} as const

const statusesOf = (endpoint: Endpoint): ReadonlyArray<number> =>
  statuses[endpoint.kind === "operation" ? (endpoint.acts ? "acts" : "asks") : endpoint.kind]

const problemRef = { $ref: "#/components/schemas/Problem" }

const components = Object.fromEntries(
  Object.entries(problems).map(([status, description]) => [`Problem${status}`, {
    description,
    content: { [Problem.contentType]: { schema: problemRef } },
    ...(status === "503"
      ? { headers: { "retry-after": { description: "Seconds.", schema: { type: "integer" } } } }
      : {})
  }])
)

/** A response of a command's own errors that may also be another problem. */
const orProblem = (declared: Json, status: number): Json => {
  const { schema } = declared["content"][Problem.contentType]
  return {
    description: `${declared["description"]} Or: ${problems[status]}`,
    content: { [Problem.contentType]: { schema: { anyOf: [...schema.anyOf ?? [schema], problemRef] } } }
  }
}

const responsesOf = (endpoint: Endpoint, declared: Json): Json => ({
  ...declared,
  ...Object.fromEntries(
    statusesOf(endpoint).map((status) => [
      status,
      declared[status] === undefined
        ? { $ref: `#/components/responses/Problem${status}` }
        : orProblem(declared[status], status)
    ])
  )
})

/** Bounds that say no more than "an integer", and the promise that nothing is ever added. */
const isNoise = (name: string, value: unknown): boolean =>
  (name === "minimum" && value === Number.MIN_SAFE_INTEGER) ||
  (name === "maximum" && value === Number.MAX_SAFE_INTEGER) ||
  (name === "additionalProperties" && value === false)

const tidy = (value: any): any =>
  Array.isArray(value)
    ? value.map(tidy)
    : typeof value === "object" && value !== null
    ? Object.fromEntries(
      Object.entries(value).filter(([name, inner]) => !isNoise(name, inner)).map(([name, inner]) => [name, tidy(inner)])
    )
    : value

/** What a field says of itself, also where another value is sent for it. */
const descriptionOf = (field: Schema.Top | undefined): string | undefined =>
  field?.ast.context?.annotations?.["description"] as string | undefined

const resolved = (definitions: Json, { $ref, ...rest }: Json): Json =>
  $ref === undefined ? rest : { ...definitions[$ref.split("/").at(-1)], ...rest }

const undescribed = (schema: Json): Json =>
  Object.fromEntries(Object.entries(schema).filter(([name]) => name !== "description"))

/** A schema without references, and without a description among what it must also be. */
const whole = (definitions: Json, given: Json): Json => {
  const { allOf = [], items, ...schema } = resolved(definitions, given)
  const more = (allOf as ReadonlyArray<Json>).map(undescribed).filter((one) => Object.keys(one).length > 0)
  return {
    ...schema,
    ...(items === undefined ? {} : { items: whole(definitions, items) }),
    ...(more.length === 0 ? {} : { allOf: more })
  }
}

/** The schemas of parameters as what they mean: a number where the text of one is sent. */
const parameterSchemas = (fields: Schema.Struct.Fields): Json => {
  const { definitions, schema } = Schema.toJsonSchemaDocument(Schema.toCodecJson(Schema.Struct(fields))) as Json
  return Object.fromEntries(
    Object.entries<Json>(schema.properties ?? {}).map(([name, property]) => {
      const description = descriptionOf(fields[name] as Schema.Top)
      return [name, { ...whole(definitions, property), ...(description === undefined ? {} : { description }) }]
    })
  )
}

const fieldsOf = (endpoint: Endpoint): Schema.Struct.Fields => {
  if (endpoint.kind === "command" || endpoint.kind === "inbound" || endpoint.kind === "token") return {}
  if (endpoint.kind === "outcome") return outcomeFields
  if (endpoint.kind === "operation") return { ...endpoint.params, ...endpoint.query }
  const { spec } = endpoint.view
  switch (endpoint.kind) {
    case "get":
      return { ...ViewParameters.rowIdFields(spec), ...ViewParameters.getFields }
    case "list":
      return ViewParameters.listFields(spec)
    case "watch":
      return ViewParameters.watchFields(spec)
  }
}

const parametersOf = (endpoint: Endpoint, parameters: ReadonlyArray<Json>): ReadonlyArray<Json> => {
  const schemas = parameterSchemas(fieldsOf(endpoint))
  const needed = endpoint.kind === "inbound" && endpoint.slice.signed ? { required: true } : {}
  return parameters.map((parameter) => {
    const { description, ...schema } = schemas[parameter["name"]] ?? parameter["schema"]
    return { ...parameter, ...needed, ...(description === undefined ? {} : { description }), schema }
  })
}

const bodyOf = (body: Json, schemas: Json): Json => {
  const { schema } = body["content"]["application/json"]
  return { ...body, content: { "application/json": { schema, example: example(schema, schemas) } } }
}

/** The OpenAPI 3.1 document of an API, whoever asks for it. */
export const document = ({ endpoints, http }: Api, resolver: Resolver): Json => {
  const spec: Json = tidy(OpenApi.fromApi(http))
  const { schemas } = spec["components"]
  const byOperation = new Map(endpoints.map((endpoint) => [`${endpoint.plugin}.${endpoint.http.identifier}`, endpoint]))
  const operation = ({ requestBody, ...rest }: Json): Json => {
    const endpoint = byOperation.get(rest["operationId"])!
    return {
      ...rest,
      "x-kind": endpoint.kind,
      security: Security.requirement(endpoint, rest["x-access"]),
      parameters: tidy(parametersOf(endpoint, rest["parameters"])),
      ...(requestBody === undefined ? {} : { requestBody: bodyOf(requestBody, schemas) }),
      responses: responsesOf(endpoint, rest["responses"])
    }
  }
  return {
    ...spec,
    paths: Object.fromEntries(
      Object.entries<Json>(spec["paths"]).map(([path, methods]) => [
        path,
        Object.fromEntries(Object.entries<Json>(methods).map(([method, one]) => [method, operation(one)]))
      ])
    ),
    components: { schemas, responses: components, securitySchemes: Security.schemes(endpoints, resolver) }
  }
}

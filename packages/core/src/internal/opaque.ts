import * as Effect from "effect/Effect"
import * as Base64Url from "effect/encoding/Base64Url"
import * as Result from "effect/Result"
import * as Schema from "effect/Schema"
import * as SchemaIssue from "effect/SchemaIssue"
import * as SchemaTransformation from "effect/SchemaTransformation"

/**
 * The text form of an opaque value: a version character, then base64url of its JSON. A text of another version, or of
 * anything else, is refused with `hint`, which tells the caller the way out.
 */
export const opaque = <A>(
  identifier: string,
  version: string,
  schema: Schema.Codec<A>,
  hint: string
): Schema.Codec<A, string> =>
  Schema.String.pipe(
    Schema.decodeTo(
      Schema.fromJsonString(schema),
      SchemaTransformation.transformEffect({
        decode: (text: string, options) => {
          const json = text.startsWith(version) ? Base64Url.decodeString(text.slice(version.length)) : undefined
          return json !== undefined && Result.isSuccess(json)
            ? Effect.succeed(json.success)
            : Effect.fail(new SchemaIssue.InvalidValue({ message: hint }, text, options))
        },
        encode: (json: string) => Effect.succeed(version + Base64Url.encode(json))
      })
    )
  ).annotate({ identifier })

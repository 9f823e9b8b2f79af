import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Config from "effect/Config"
import * as Schema from "effect/Schema"

const Url = Schema.String.check(
  Schema.makeFilter((text: string) =>
    /^https?:\/\//.test(text) && URL.canParse(text) || "must be a URL such as https://shop.example"
  )
)

/** What every command takes. */
const flags = {
  url: Flag.String("url").pipe(
    Flag.withDescription("Where the application is; the environment's REVENTLESS_URL when absent"),
    Flag.withFallbackConfig(Config.String("REVENTLESS_URL")),
    Flag.withDefault("http://127.0.0.1:4000"),
    Flag.withSchema(Url)
  ),
  token: Flag.Redacted("token").pipe(
    Flag.withDescription("Sent as 'authorization: Bearer ...'; the environment's REVENTLESS_TOKEN when absent"),
    Flag.withFallbackConfig(Config.Redacted("REVENTLESS_TOKEN")),
    Flag.optional
  ),
  header: Flag.KeyValuePair("header").pipe(
    Flag.withDescription("Sent with every request; can be given several times"),
    Flag.withMetavar("name=value"),
    Flag.withDefault({} as Record<string, string>)
  ),
  json: Flag.Boolean("json").pipe(
    Flag.withDescription("Say it as JSON lines, as when the output is no terminal; --no-json: for people"),
    Flag.optional
  )
}

/** The command above all others; its subcommands read what it was given. */
export const root = Command.make("reventless").pipe(Command.withSharedFlags(flags))

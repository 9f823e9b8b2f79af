import * as DevelopmentApi from "@reventless/http/DevelopmentApi"
import * as Command from "effect/cli/Command"
import * as Flag from "effect/cli/Flag"
import * as Console from "effect/Console"
import * as Duration from "effect/Duration"
import * as Effect from "effect/Effect"
import * as Option from "effect/Option"
import * as Output from "./output.ts"
import { root } from "./root.ts"
import * as Server from "./server.ts"

const absent = "It has no development issuer: tokens come from the identity provider that it trusts. " +
  "Where it runs on this machine for development, give it 'DevelopmentIssuer.layer'."

/** `8 hours`, in whole seconds. */
const life = Flag.String("expires-in").pipe(
  Flag.withDescription("For how long, such as '10 minutes'; 8 hours when absent, at most 365 days"),
  Flag.filterMap(
    (text) => Option.map(Duration.fromInput(text as Duration.Input), (given) => Math.ceil(Duration.toSeconds(given))),
    (text) => `'${text}' is no duration; write '10 minutes', '8 hours' or '30 days'`
  ),
  Flag.optional
)

/** `reventless token` */
export const token = Command.make(
  "token",
  {
    sub: Flag.String("sub").pipe(Flag.withDescription("Whose token: the id of the caller (required)")),
    groups: Flag.String("groups").pipe(
      Flag.withDescription("The groups it is in, with commas between them; can be given several times"),
      Flag.atLeast(0)
    ),
    expiresIn: life
  },
  Effect.fnUntraced(function*({ expiresIn, groups, sub }) {
    const issued = yield* Server.post(DevelopmentApi.tokenPath, DevelopmentApi.Token, {
      sub,
      groups: groups.flatMap((text) => text.split(",")).map((name) => name.trim()).filter((name) => name !== ""),
      ...(Option.isNone(expiresIn) ? {} : { expiresIn: expiresIn.value })
    }, { absent })
    const { json } = yield* root
    // What a shell takes from here is the token and nothing else, unless it asks for JSON.
    if (Option.getOrElse(json, () => false)) return yield* Output.jsonLines([issued])
    yield* Console.log(issued.token)
    if (yield* Output.isForPeople) {
      const who = [issued.sub, ...issued.groups].join(", ")
      yield* Console.error(`For ${who}; good until ${issued.expiresAt.slice(0, 19).replace("T", " ")} (UTC).`)
    }
  })
).pipe(
  Command.withDescription(
    "Gets a token for anybody, from an application on this machine that has a development issuer"
  ),
  Command.withExamples([
    {
      command: "export REVENTLESS_TOKEN=$(reventless token --sub alice --groups shop-manager)",
      description: "Be alice from now on"
    }
  ])
)

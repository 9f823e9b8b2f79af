import * as OperationsApi from "@reventless/http/OperationsApi"
import * as Argument from "effect/cli/Argument"
import * as Command from "effect/cli/Command"
import * as Effect from "effect/Effect"
import * as Output from "./output.ts"
import * as Pages from "./pages.ts"
import * as Server from "./server.ts"

const what = ({ reason, refusal, sent, status }: typeof OperationsApi.InboundStatus.Type): string => {
  if (status === "Translated") return sent.map(({ messageId, target }) => `${target} ${messageId}`).join(", ")
  return [refusal, reason].filter((part) => part !== undefined).join(": ")
}

const list: Output.ListOptions<typeof OperationsApi.InboundStatus.Type> = {
  head: ["RECEIVED (UTC)", "STATUS", "DELIVERY", "ATTEMPTS", "ID", "WHAT"],
  row: (one) => [
    Output.instant(one.receivedAt),
    one.status,
    one.deliveryId ?? "",
    String(one.attempts),
    one.id,
    what(one)
  ],
  none: "Nothing came in."
}

/** `reventless inbound <slice>` */
export const inbound = Command.make(
  "inbound",
  {
    slice: Argument.String("slice").pipe(
      Argument.withDescription("The inbound translation slice with its plugin: Shop.PaymentReceived")
    ),
    ...Pages.flags
  },
  Effect.fnUntraced(function*({ all, cursor, limit, slice }) {
    yield* Pages.showByCursor({
      all,
      limit,
      cursor,
      page: (cursor, limit) =>
        Effect.map(
          Server.get(Server.path`/ops/inbound/${slice}`, OperationsApi.Inbound, { limit, cursor }),
          (found) => ({ values: found.inbound, next: found.cursor })
        ),
      list
    })
  })
).pipe(
  Command.withDescription(
    "What came in for an inbound translation slice, the newest first: what became of it, or why not"
  )
)

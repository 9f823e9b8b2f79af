import * as Task from "@reventless/core/Task"

/** Being killed counts as an attempt, and a shop may be started again and again: it isn't the list's fault. */
export class ImportProducts extends Task.make("ImportProducts", {
  trigger: Task.objectCreated({ prefix: "products/", suffix: ".csv" }),
  attempts: 50,
  description:
    "Takes the deliveries of each list that is dropped, adds what is new; says in reports/ what it made of it."
}) {}

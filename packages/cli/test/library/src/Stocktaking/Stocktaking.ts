import * as Task from "@reventless/core/Task"

export class Stocktaking extends Task.make("Stocktaking", { trigger: Task.objectCreated({ prefix: "stock/" }) }) {}

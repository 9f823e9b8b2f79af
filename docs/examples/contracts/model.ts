/** What the model of an application is good for beside pictures. */
import * as Model from "@reventless/core/Model"
import { Catalog } from "./catalog.ts"

// #region model
const model = Model.of({ version: "1.0.0", plugins: [Catalog] })

/** The commands that everybody may send, and those that have no rule of their own. */
export const open = model.plugins.flatMap(({ aggregates, slices }) =>
  [...aggregates.flatMap(({ commands }) => commands), ...slices]
    .filter(({ access }) => access === undefined || access.rule === "anyone")
    .map(({ name }) => name)
)
// #endregion model

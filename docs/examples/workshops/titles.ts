import * as StateViewSlice from "@reventless/core/StateViewSlice"
import * as Schema from "effect/Schema"
import { WorkshopAnnounced, WorkshopId } from "./workshop.ts"

/** Capitals and accents don't count: `Émile` stands between `apple` and `Title`. */
const alphabetical = (text: string) => text.normalize("NFKD").replaceAll(/\p{M}/gu, "").toLowerCase()

export class Titles extends StateViewSlice.make("Titles", {
  row: { workshopId: WorkshopId, title: Schema.String, titleKey: Schema.String },
  key: "workshopId",
  consumes: [WorkshopAnnounced],
  indexes: { byTitle: ["title"], byTitleKey: ["titleKey"] }
}) {}

export const TitlesLive = Titles.projection((rows) => ({
  WorkshopAnnounced: ({ title, workshopId }) => rows.set({ workshopId, title, titleKey: alphabetical(title) })
}))

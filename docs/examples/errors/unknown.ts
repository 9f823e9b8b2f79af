import * as Id from "@reventless/core/Id"
import * as Schema from "effect/Schema"

const WorkshopId = Id.make("workshop")

export class WorkshopUnknown extends Schema.TaggedError<WorkshopUnknown>()(
  "WorkshopUnknown",
  { workshopId: WorkshopId },
  { httpApiStatus: 404 }
) {}

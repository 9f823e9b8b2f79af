import * as ReadModel from "@reventless/core/ReadModel"
import { Reader, ReaderId } from "../Aggregate/Reader.ts"

export class Readers extends ReadModel.make("Readers", {
  row: { readerId: ReaderId },
  key: "readerId",
  sources: { Reader }
}) {}

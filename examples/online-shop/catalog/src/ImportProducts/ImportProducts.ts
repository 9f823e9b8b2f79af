import * as Task from "@reventless/core/Task"
import { AddProduct } from "../AddProduct/AddProduct.ts"
import { ChangePrice } from "../ChangePrice/ChangePrice.ts"
import { Restock } from "../Restock/Restock.ts"

/** Being killed counts as an attempt, and a shop may be started again and again: it isn't the list's fault. */
export class ImportProducts extends Task.make("ImportProducts", {
  trigger: Task.objectCreated({ prefix: "products/", suffix: ".csv" }),
  attempts: 50,
  sends: [AddProduct, ChangePrice, Restock],
  description:
    "Takes the deliveries of each list that is dropped, adds what is new; says in reports/ what it made of it."
}) {}

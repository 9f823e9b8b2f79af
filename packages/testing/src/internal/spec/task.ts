import type { PublishCommand } from "@reventless/core/Action"
import type { CommandBus } from "@reventless/core/CommandBus"
import type { ObjectStore } from "@reventless/core/ObjectStore"
import type * as Task from "@reventless/core/Task"
import type * as Schema from "effect/Schema"
import * as TaskSpec from "../taskSpec.ts"
import { withCallerStack } from "../withCallerStack.ts"
import type { Verdict } from "./verdict.ts"

/** What a task is run with: the instant, or the object; its version and size are those of the given one when absent. */
export type TaskInput<T extends Task.Trigger> = T extends Task.Schedule ? Task.Firing
  : Pick<Task.ObjectEvent, "key"> & Partial<Task.ObjectEvent>

/** A task with the objects that its program finds. */
export interface GivenTask<D extends Task.Any, R> {
  /** Runs its program once; as the first attempt when absent. */
  readonly when: (
    input: TaskInput<D["trigger"]>,
    options?: { readonly attempt?: number | undefined }
  ) => WhenTask<Exclude<R, CommandBus | ObjectStore>>
}

/** A task's program was run; now say what must have come of it. */
export interface WhenTask<R> {
  /** It succeeded and sent exactly these commands, in this order, each under a command id. */
  readonly thenSends: (commands: ReadonlyArray<PublishCommand>) => Verdict<R>
  /** It succeeded and sent no command. */
  readonly thenNothing: Verdict<R>
  /** It failed with an error of this class, or with this error. */
  readonly thenFails: (error: Schema.Codec<unknown, any> | { readonly _tag: string }) => Verdict<R>
}

/**
 * A task with the objects that are there. Its program runs with a command bus that checks each command by its definition,
 * notes it and accepts it, and with an object store in memory; other services stand in `R` for the test to provide.
 *
 * @example
 * ```ts
 * import { publishCommand } from "@reventless/core/Action"
 * import { CommandBus } from "@reventless/core/CommandBus"
 * import * as Event from "@reventless/core/Event"
 * import * as Id from "@reventless/core/Id"
 * import { ObjectStore } from "@reventless/core/ObjectStore"
 * import * as StateChangeSlice from "@reventless/core/StateChangeSlice"
 * import * as Task from "@reventless/core/Task"
 * import * as Spec from "@reventless/testing/Spec"
 * import * as Effect from "effect/Effect"
 *
 * const ProductId = Id.make("product")
 * class ProductAdded extends Event.make("ProductAdded", { productId: ProductId }) {}
 * class AddProduct extends StateChangeSlice.make("AddProduct", {
 *   command: { productId: ProductId },
 *   consumes: [ProductAdded],
 *   produces: [ProductAdded]
 * }) {}
 * class ImportProduct extends Task.make("ImportProduct", { trigger: Task.objectCreated({ prefix: "products/" }) }) {}
 * const ImportProductLive = ImportProduct.run(({ key }, { commandId }) =>
 *   Effect.gen(function*() {
 *     const productId = ProductId.make(yield* (yield* ObjectStore).text(key))
 *     yield* (yield* CommandBus).send(AddProduct, { productId }, { commandId: commandId("add") })
 *   })
 * )
 *
 * const imports = Spec.task(ImportProductLive, { "products/1": "kettle" })
 *   .when({ key: "products/1" })
 *   .thenSends([publishCommand(AddProduct, { productId: ProductId.make("kettle") })])
 * ```
 */
export const task = <R, D extends Task.Any>(
  behavior: Task.Behavior<string, R, D>,
  objects: Readonly<Record<string, string | Uint8Array>> = {}
): GivenTask<D, R> => ({
  when: (input, { attempt = 1 } = {}) => {
    const test = { behavior, objects, input, attempt }
    return {
      thenSends: (commands) => withCallerStack(TaskSpec.assertSends(test, commands)),
      get thenNothing() {
        return withCallerStack(TaskSpec.assertSends(test, []))
      },
      thenFails: (error) => withCallerStack(TaskSpec.assertFails(test, error))
    }
  }
})

import type { Plugin } from "@reventless/core/Plugin"
import * as Predicate from "effect/Predicate"

/** Whether a value is a plugin, also one made by another copy of the core. */
export const isPlugin = (value: unknown): value is Plugin<string, unknown> =>
  Predicate.hasProperty(value, "~Provides") && Predicate.hasProperty(value, "extensionPoints") &&
  Predicate.hasProperty(value, "name") && typeof value.name === "string"

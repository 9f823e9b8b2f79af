/**
 * Given/when/then and the test platform. The conformance suites for stores are modules of their own, since they register
 * vitest tests: `@reventless/testing/EventStoreConformance`.
 */
export * as Spec from "./Spec.ts"
export { SpecFailure } from "./SpecFailure.ts"
export * as TestPlatform from "./TestPlatform.ts"

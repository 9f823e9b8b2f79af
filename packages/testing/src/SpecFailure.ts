/** What a specification fails with: an expectation of a test that was not met, as a text to read. */
import * as Schema from "effect/Schema"

/** An expectation was not met. The message names the component, the event or row, and the fields that differ. */
export class SpecFailure extends Schema.TaggedError<SpecFailure>()("SpecFailure", { message: Schema.String }) {}

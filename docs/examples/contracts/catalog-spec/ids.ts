/** The ids, which are the same in every version. */
import * as Id from "@reventless/core/Id"

export const BookId = Id.make("book")

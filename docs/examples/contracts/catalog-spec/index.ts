export { BookId } from "./ids.ts"
export { BookOffered as BookOfferedV1, Books as BooksV1 } from "./v1.ts"
export { BookOffered, Books, Money } from "./v2.ts"

export * as EventStoreSqlite from "./EventStoreSqlite.ts"
export { SqliteOpenError } from "./SqliteOpenError.ts"
export * as SqlitePlatform from "./SqlitePlatform.ts"

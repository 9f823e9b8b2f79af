/**
 * `pnpm demo`: the shop, with its compiled code kept from one start to the next. No TypeScript itself: what is compiled before
 * the cache is on isn't kept, and Node would load its compiler at each start for this file alone.
 */
import { enableCompileCache } from "node:module"

enableCompileCache()
void import("./main.ts")

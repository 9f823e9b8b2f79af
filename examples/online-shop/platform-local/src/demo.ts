/** `pnpm demo`: the shop, with its compiled code kept from one start to the next. */
import { enableCompileCache } from "node:module"

enableCompileCache()
void import("./main.ts")

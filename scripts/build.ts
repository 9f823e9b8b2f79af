/** `pnpm build`: compiles every published package to its `dist`, from nothing. */
import { build } from "./packages.ts"

build({ clean: true })

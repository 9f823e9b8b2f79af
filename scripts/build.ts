/** `pnpm build`: generates the example plugins, and compiles every published package to its `dist`, from nothing. */
import { build, generatePlugins } from "./packages.ts"

generatePlugins([])
build({ clean: true })

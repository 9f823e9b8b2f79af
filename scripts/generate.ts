/** `pnpm generate`: writes `src/Plugin.ts` of the example plugins from their folders; `--check` and `--watch` as the command has them. */
import { generatePlugins } from "./packages.ts"

generatePlugins(process.argv.slice(2))

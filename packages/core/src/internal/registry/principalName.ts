import type { Principal } from "../../Principal.ts"

/** How a record names who did something. */
export const principalName = (principal: Principal): string => principal._tag === "User" ? principal.id : principal._tag

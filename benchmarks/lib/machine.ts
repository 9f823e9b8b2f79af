/** What the figures were measured on, without names that identify the machine. */
import * as os from "node:os"

export const describe = (): string => {
  const cpus = os.cpus()
  const memory = Math.round(os.totalmem() / 2 ** 30)
  return `${cpus[0]?.model ?? "unknown processor"}, ${cpus.length} cores, ${memory} GiB memory, ` +
    `${os.type()} ${os.release().split(/[-+]/)[0]} ${os.arch()}, Node ${process.versions.node}, ` +
    `SQLite ${process.versions.sqlite ?? "unknown"}`
}

/** How busy the machine was: above its number of cores, other work took part in the figures. */
export const load = (): string =>
  `Load average at the end: ${os.loadavg().map((value) => value.toFixed(1)).join(", ")} (1, 5 and 15 minutes).`

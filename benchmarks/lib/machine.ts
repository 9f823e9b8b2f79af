/** What the figures were measured on, without names that identify the machine. */
import * as os from "node:os"

export const describe = (): string => {
  const cpus = os.cpus()
  const memory = Math.round(os.totalmem() / 2 ** 30)
  return `${cpus[0]?.model ?? "unknown processor"}, ${cpus.length} cores, ${memory} GiB memory, ` +
    `${os.type()} ${os.release().split(/[-+]/)[0]} ${os.arch()}, Node ${process.versions.node}, ` +
    `SQLite ${process.versions.sqlite ?? "unknown"}`
}

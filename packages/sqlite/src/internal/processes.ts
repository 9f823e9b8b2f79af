import * as Result from "effect/Result"
import * as fs from "node:fs"
import * as process from "node:process"

/** A process, so that another one on the same machine can tell when it is dead. */
export interface ProcessId {
  /** The boot of the machine and the process namespace; undefined where the system doesn't tell. */
  readonly home: string | undefined
  readonly pid: number
}

const readText = (read: () => string): string | undefined => Result.getOrUndefined(Result.try(read))?.trim()

/** This process. */
export const current = (): ProcessId => {
  const boot = readText(() => fs.readFileSync("/proc/sys/kernel/random/boot_id", "utf8"))
  const namespace = readText(() => fs.readlinkSync("/proc/self/ns/pid"))
  return {
    home: boot === undefined || namespace === undefined ? undefined : `${boot} ${namespace}`,
    pid: process.pid
  }
}

/**
 * Whether a process is certainly dead: it ran in our namespace on this boot, and its number is free. False when it can't
 * be told; its number may also have been given to another process by now.
 */
export const isDead = (other: ProcessId, self: ProcessId): boolean => {
  if (self.home === undefined || other.home !== self.home) return false
  const signalled = Result.try(() => process.kill(other.pid, 0))
  return Result.isFailure(signalled) && (signalled.failure as { readonly code?: string }).code === "ESRCH"
}

import type { Checkpoint } from "@reventless/core/Checkpoint"
import * as Checkpoints from "@reventless/core/Checkpoint"
import type { GenerationState } from "@reventless/core/ViewStore"
import { type Connection, row, rows, run } from "./connection.ts"

/** A generation with the number that its rows are stored under; a number is never used again. */
export interface Generation {
  readonly id: number
  readonly state: GenerationState
}

type GenerationRow = [
  id: number,
  generation: number,
  fingerprint: string,
  active: number,
  revision: number,
  checkpoint: string
]

const columns = "id, generation, fingerprint, active, revision, checkpoint"

const decode = (
  view: string,
  [id, generation, fingerprint, active, revision, checkpoint]: GenerationRow
): Generation => ({
  id,
  state: { view, generation, fingerprint, active: active === 1, revision, checkpoint: JSON.parse(checkpoint) }
})

/** The generations of a view, oldest first. */
export const all = (connection: Connection, plugin: number, view: string): ReadonlyArray<Generation> =>
  rows<GenerationRow>(
    connection,
    `SELECT ${columns} FROM view_generations WHERE plugin = ? AND view = ? ORDER BY generation`,
    plugin,
    view
  ).map((found) => decode(view, found))

/** One generation; undefined when it isn't there (any more). */
export const find = (
  connection: Connection,
  plugin: number,
  view: string,
  generation: number
): Generation | undefined => {
  const found = row<GenerationRow>(
    connection,
    `SELECT ${columns} FROM view_generations WHERE plugin = ? AND view = ? AND generation = ?`,
    plugin,
    view,
    generation
  )
  return found && decode(view, found)
}

/** Where the rows of a generation are; undefined when it isn't there (any more). */
export const idOf = (connection: Connection, plugin: number, view: string, generation: number): number | undefined =>
  row<[number]>(
    connection,
    "SELECT id FROM view_generations WHERE plugin = ? AND view = ? AND generation = ?",
    plugin,
    view,
    generation
  )?.[0]

/** Adds a generation after the others. */
export const add = (
  connection: Connection,
  plugin: number,
  view: string,
  options: { readonly generation: number; readonly fingerprint: string; readonly active: boolean }
): void => {
  run(
    connection,
    `INSERT INTO view_generations (plugin, view, generation, fingerprint, active, revision, checkpoint)
     VALUES (?, ?, ?, ?, ?, 0, ?)`,
    plugin,
    view,
    options.generation,
    options.fingerprint,
    options.active ? 1 : 0,
    JSON.stringify(Checkpoints.beginning)
  )
}

/** Takes generations out of the view; their rows are left to the sweeper. */
export const drop = (connection: Connection, generations: ReadonlyArray<Generation>): void => {
  for (const { id } of generations) {
    run(connection, "DELETE FROM view_generations WHERE id = ?", id)
    run(connection, "INSERT INTO view_dropped VALUES (?)", id)
  }
}

/** Makes a generation the active one. */
export const activate = (connection: Connection, id: number): void => {
  run(connection, "UPDATE view_generations SET active = 1 WHERE id = ?", id)
}

/** Raises the revision and sets the checkpoint if the generation is at `revision`; answers whether it was. */
export const advance = (connection: Connection, id: number, revision: number, checkpoint: Checkpoint): boolean =>
  run(
    connection,
    "UPDATE view_generations SET revision = revision + 1, checkpoint = ? WHERE id = ? AND revision = ?",
    JSON.stringify(checkpoint),
    id,
    revision
  ).changes === 1

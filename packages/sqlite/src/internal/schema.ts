/** A step from one version of the file's schema to the next. A step is never changed once it was released. */
export interface Migration {
  /** The `user_version` of a file after the step. */
  readonly version: number
  readonly sql: string
}

/** Marks a file as ours in its header: "RvLs". */
export const applicationId = 0x52764c73

/**
 * All steps, oldest first.
 *
 * Every tag of an event is indexed, whatever the index plan calls a partition: an index entry costs a few microseconds
 * here, and so a changed plan needs no work on what is stored. The plan is only used to refuse what it doesn't cover, so
 * that a plugin that works here works on a store that pays for every entry.
 *
 * Positions are shared by the plugins of a file: in one plugin they increase and have gaps. Every index begins with the
 * plugin, so none looks at the entries of another.
 */
export const migrations: ReadonlyArray<Migration> = [{
  version: 1,
  sql: `
    CREATE TABLE written_by (id INTEGER PRIMARY KEY CHECK (id = 1), release TEXT NOT NULL) STRICT;
    CREATE TABLE plugins (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE) STRICT;

    CREATE TABLE events (
      position INTEGER PRIMARY KEY,
      plugin INTEGER NOT NULL,
      type TEXT NOT NULL,
      tags TEXT NOT NULL,
      data TEXT NOT NULL,
      meta TEXT NOT NULL
    ) STRICT;
    CREATE INDEX events_plugin ON events (plugin);
    CREATE INDEX events_type ON events (plugin, type);
    CREATE TABLE event_tags (
      plugin INTEGER NOT NULL,
      tag TEXT NOT NULL,
      type TEXT NOT NULL,
      position INTEGER NOT NULL,
      PRIMARY KEY (plugin, tag, type, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE event_shapes (
      plugin INTEGER NOT NULL,
      type TEXT NOT NULL,
      version INTEGER NOT NULL,
      shape TEXT NOT NULL,
      PRIMARY KEY (plugin, type, version)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE receipts (
      plugin INTEGER NOT NULL,
      command TEXT NOT NULL,
      first INTEGER NOT NULL,
      last INTEGER NOT NULL,
      PRIMARY KEY (plugin, command)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE view_generations (
      id INTEGER PRIMARY KEY AUTOINCREMENT,
      plugin INTEGER NOT NULL,
      view TEXT NOT NULL,
      generation INTEGER NOT NULL,
      fingerprint TEXT NOT NULL,
      active INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      checkpoint TEXT NOT NULL,
      UNIQUE (plugin, view, generation)
    ) STRICT;
    CREATE TABLE view_dropped (generation INTEGER PRIMARY KEY) STRICT;
    CREATE TABLE view_rows (
      generation INTEGER NOT NULL,
      key TEXT NOT NULL,
      sort TEXT NOT NULL,
      row TEXT,
      version INTEGER NOT NULL,
      revision INTEGER NOT NULL,
      entries TEXT NOT NULL,
      PRIMARY KEY (generation, key, sort)
    ) STRICT, WITHOUT ROWID;
    CREATE INDEX view_rows_revision ON view_rows (generation, revision);
    CREATE TABLE view_entries (
      generation INTEGER NOT NULL,
      name TEXT NOT NULL,
      value TEXT NOT NULL,
      key TEXT NOT NULL,
      sort TEXT NOT NULL,
      PRIMARY KEY (generation, name, value, key, sort)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE view_parked (
      generation INTEGER NOT NULL,
      lane TEXT NOT NULL,
      position INTEGER NOT NULL,
      event TEXT NOT NULL,
      reason TEXT,
      time INTEGER NOT NULL,
      attempts INTEGER NOT NULL,
      PRIMARY KEY (generation, lane, position)
    ) STRICT, WITHOUT ROWID;
    CREATE TABLE view_skipped (
      id INTEGER PRIMARY KEY,
      plugin INTEGER NOT NULL,
      view TEXT NOT NULL,
      lane TEXT NOT NULL,
      position INTEGER NOT NULL,
      by TEXT NOT NULL,
      why TEXT NOT NULL,
      time INTEGER NOT NULL
    ) STRICT;
    CREATE INDEX view_skipped_view ON view_skipped (plugin, view);

    CREATE TABLE sessions (id TEXT PRIMARY KEY, beat INTEGER NOT NULL, home TEXT, pid INTEGER NOT NULL)
      STRICT, WITHOUT ROWID;
    CREATE TABLE view_owners (
      plugin INTEGER NOT NULL,
      view TEXT NOT NULL,
      session TEXT NOT NULL,
      PRIMARY KEY (plugin, view)
    ) STRICT, WITHOUT ROWID;

    CREATE TABLE snapshots (
      plugin INTEGER NOT NULL,
      aggregate TEXT NOT NULL,
      id TEXT NOT NULL,
      version INTEGER NOT NULL,
      state TEXT NOT NULL,
      boundary TEXT NOT NULL,
      PRIMARY KEY (plugin, aggregate, id)
    ) STRICT;
  `
}, {
  version: 2,
  // The number of an item is never given again, also when it is forgotten: leases and pages rest on it. `ready` says when
  // an item may be begun, and stands only at the first unfinished one of each lane, unless that is parked: what is to be
  // done next is one range of an index, however many items wait or are done. `leased` says since when it is leased,
  // or since when it waits to be begun at once or after a pause, and not at an instant.
  sql: `
    CREATE TABLE work (
      sequence INTEGER PRIMARY KEY AUTOINCREMENT,
      plugin INTEGER NOT NULL,
      queue TEXT NOT NULL,
      id TEXT NOT NULL,
      lane TEXT NOT NULL,
      state TEXT NOT NULL,
      due REAL NOT NULL,
      content TEXT NOT NULL,
      attempts INTEGER NOT NULL,
      reason TEXT,
      outcome TEXT,
      time REAL NOT NULL,
      lease INTEGER NOT NULL,
      leased REAL,
      ready REAL
    ) STRICT;
    CREATE UNIQUE INDEX work_id ON work (plugin, queue, id);
    CREATE INDEX work_state ON work (plugin, queue, state);
    CREATE INDEX work_lane ON work (plugin, queue, lane, state);
    CREATE INDEX work_ready ON work (plugin, queue, ready) WHERE ready IS NOT NULL;
    CREATE INDEX work_leased ON work (plugin, queue, leased) WHERE leased IS NOT NULL;
    CREATE TABLE work_changes (plugin INTEGER PRIMARY KEY, count INTEGER NOT NULL) STRICT;
  `
}]

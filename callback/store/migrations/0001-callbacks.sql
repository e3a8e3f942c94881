-- Callbacks, their history and the outbox. Applied once, never edited: changes go into 0002-*.sql.
-- `body` is the machine's state as JSON; the columns beside it are what is searched.
CREATE TABLE callbacks (
  id              TEXT    PRIMARY KEY,
  revision        INTEGER NOT NULL,
  queue_id        TEXT    NOT NULL,
  customer_number TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  created_at_ms   INTEGER NOT NULL,
  body            TEXT    NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX callbacks_in_order ON callbacks (created_at_ms, id);
CREATE INDEX callbacks_by_number ON callbacks (customer_number, created_at_ms);
CREATE INDEX callbacks_unfinished ON callbacks (created_at_ms, id) WHERE state <> 'completed';

-- `sequence` is never reused, also after rows were removed.
CREATE TABLE callback_events (
  sequence    INTEGER PRIMARY KEY AUTOINCREMENT,
  callback_id TEXT    NOT NULL,
  revision    INTEGER NOT NULL,
  at_ms       INTEGER NOT NULL,
  type        TEXT    NOT NULL,
  data        TEXT    NOT NULL,
  state       TEXT    NOT NULL
) STRICT;

CREATE INDEX callback_events_of ON callback_events (callback_id, sequence);

-- Effects committed and not known to be performed; a row is removed when it was.
CREATE TABLE outbox (
  ordinal     INTEGER PRIMARY KEY AUTOINCREMENT,
  key         TEXT    NOT NULL UNIQUE,
  callback_id TEXT    NOT NULL,
  revision    INTEGER NOT NULL,
  effect      TEXT    NOT NULL
) STRICT;

CREATE TABLE idempotency_keys (
  key          TEXT PRIMARY KEY,
  request_hash TEXT NOT NULL,
  callback_id  TEXT NOT NULL
) STRICT, WITHOUT ROWID;

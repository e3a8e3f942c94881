-- What is kept for how long, and what is reported. `version` is the form of the JSON beside it.
ALTER TABLE callbacks ADD COLUMN version INTEGER NOT NULL DEFAULT 1;
ALTER TABLE outbox ADD COLUMN version INTEGER NOT NULL DEFAULT 1;

-- Null while unfinished.
ALTER TABLE callbacks ADD COLUMN completed_at_ms INTEGER;
UPDATE callbacks SET completed_at_ms = json_extract(body, '$.phase.completedAtMs')
  WHERE state = 'completed';
CREATE INDEX callbacks_completed ON callbacks (completed_at_ms, id)
  WHERE completed_at_ms IS NOT NULL;

-- Finished callbacks out of the way: read by id and by number, in no list.
CREATE TABLE archived_callbacks (
  id              TEXT    PRIMARY KEY,
  customer_number TEXT    NOT NULL,
  completed_at_ms INTEGER NOT NULL,
  version         INTEGER NOT NULL,
  body            TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX archived_by_number ON archived_callbacks (customer_number);
CREATE INDEX archived_in_order ON archived_callbacks (completed_at_ms, id);

ALTER TABLE idempotency_keys ADD COLUMN created_at_ms INTEGER NOT NULL DEFAULT 0;
UPDATE idempotency_keys SET created_at_ms = coalesce(
  (SELECT created_at_ms FROM callbacks WHERE id = callback_id), 0);
CREATE INDEX idempotency_in_order ON idempotency_keys (created_at_ms);
CREATE INDEX idempotency_of ON idempotency_keys (callback_id);

-- One row for each finished callback, without anything personal. Read in its own order only.
CREATE TABLE callback_facts (
  completed_at_ms  INTEGER NOT NULL,
  id               TEXT    NOT NULL,
  queue_id         TEXT    NOT NULL,
  reason           TEXT    NOT NULL,
  is_scheduled     INTEGER NOT NULL,
  due_at_ms        INTEGER NOT NULL,
  first_dial_at_ms INTEGER,
  connected_at_ms  INTEGER,
  answered         INTEGER NOT NULL,
  promised_wait_ms INTEGER,
  results          TEXT    NOT NULL,
  PRIMARY KEY (completed_at_ms, id)
) STRICT, WITHOUT ROWID;
INSERT INTO callback_facts
  SELECT completed_at_ms, id, queue_id, json_extract(body, '$.phase.reason'),
    json_extract(body, '$.promise.desiredTimeMs') IS NOT NULL,
    max(created_at_ms, coalesce(json_extract(body, '$.promise.desiredTimeMs'), created_at_ms)),
    json_extract(body, '$.attempts[0].startedAtMs'),
    (SELECT max(json_extract(value, '$.answeredAtMs')) FROM json_each(body, '$.attempts')
      WHERE json_extract(value, '$.result') = 'CONNECTED'),
    (SELECT count(json_extract(value, '$.answeredAtMs')) FROM json_each(body, '$.attempts')),
    NULL,
    coalesce((SELECT group_concat(coalesce(json_extract(value, '$.result'), 'UNKNOWN'))
      FROM json_each(body, '$.attempts')), '')
  FROM callbacks WHERE completed_at_ms IS NOT NULL;

-- What callers were offered and what they said, by the minute.
CREATE TABLE offer_counts (
  minute   INTEGER NOT NULL,
  queue_id TEXT    NOT NULL,
  made     INTEGER NOT NULL DEFAULT 0,
  accepted INTEGER NOT NULL DEFAULT 0,
  declined INTEGER NOT NULL DEFAULT 0,
  PRIMARY KEY (minute, queue_id)
) STRICT, WITHOUT ROWID;

-- Written when it must be known whether anything can be written.
CREATE TABLE probes (body BLOB NOT NULL) STRICT;

-- Text chats: their state as JSON, and their transcripts line by line. `version` is the form of
-- the JSON beside it.
CREATE TABLE chats (
  id              TEXT    PRIMARY KEY,
  revision        INTEGER NOT NULL,
  queue_id        TEXT    NOT NULL,
  state           TEXT    NOT NULL,
  agent_id        TEXT,
  customer_number TEXT,
  opened_under    TEXT UNIQUE,
  created_at_ms   INTEGER NOT NULL,
  -- Null while unfinished.
  over_at_ms      INTEGER,
  version         INTEGER NOT NULL,
  body            TEXT    NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX chats_in_order ON chats (created_at_ms, id);
CREATE INDEX chats_by_number ON chats (customer_number) WHERE customer_number IS NOT NULL;
CREATE INDEX chats_over ON chats (over_at_ms) WHERE over_at_ms IS NOT NULL;
CREATE INDEX chats_unfinished ON chats (created_at_ms, id) WHERE over_at_ms IS NULL;

CREATE TABLE chat_lines (
  chat_id    TEXT    NOT NULL,
  sequence   INTEGER NOT NULL,
  at_ms      INTEGER NOT NULL,
  -- Sender and the sender's own id of a message; null: it had none.
  message_id TEXT,
  told       TEXT    NOT NULL,
  PRIMARY KEY (chat_id, sequence)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX chat_lines_by_message ON chat_lines (chat_id, message_id)
  WHERE message_id IS NOT NULL;

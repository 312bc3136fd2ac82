-- Webhooks: who is told of what, what waits for whom, and what was set aside.

CREATE TYPE webhook_state AS ENUM ('active', 'paused', 'ended');

CREATE TABLE webhooks (
  webhook_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  name text NOT NULL,
  url text NOT NULL,
  event_types text[] NOT NULL CHECK (cardinality(event_types) > 0),
  state webhook_state NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  sequence bigint NOT NULL DEFAULT 0,
  failures int NOT NULL DEFAULT 0,
  error json,
  delivered_at timestamptz,
  next_at timestamptz NOT NULL DEFAULT now(),
  claim uuid,
  claimed_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON COLUMN webhooks.sequence IS 'Of the last message that was begun: they are begun one at a time, under the lock of this row.';
COMMENT ON COLUMN webhooks.failures IS 'Attempts in a row that failed, the last one with error.';
COMMENT ON COLUMN webhooks.next_at IS 'Not before: nothing is sent while a failed message waits for its next attempt.';
COMMENT ON COLUMN webhooks.claim IS 'Of the worker that delivers, over all hubs, until claimed_until: it may have been killed.';
CREATE INDEX webhooks_due ON webhooks (next_at) WHERE state = 'active';

CREATE TABLE webhook_secrets (
  webhook_no int NOT NULL REFERENCES webhooks,
  secret bytea NOT NULL CHECK (length(secret) = 32),
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  ends_at timestamptz NOT NULL DEFAULT 'infinity',
  PRIMARY KEY (webhook_no, made_at)
);
COMMENT ON TABLE webhook_secrets IS 'What messages are signed with, as it is: a signature needs it. Two during a rotation.';

CREATE TABLE webhook_levels (
  webhook_no int NOT NULL REFERENCES webhooks,
  type text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  item text NOT NULL,
  waiting_since timestamptz,
  sequence bigint,
  PRIMARY KEY (webhook_no, type, subject)
) WITH (fillfactor = 75);
COMMENT ON TABLE webhook_levels IS
  'Of what has a current value the newest that a webhook was told or is to be told. Older ones are overwritten, not sent.';
COMMENT ON COLUMN webhook_levels.sequence IS 'Of the message that took it last.';
CREATE INDEX webhook_levels_waiting ON webhook_levels (webhook_no, type, waiting_since, subject) WHERE waiting_since IS NOT NULL;

CREATE TYPE outbox_state AS ENUM ('waiting', 'sending', 'delivered', 'dead');

CREATE TABLE outbox_entries (
  entry_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  webhook_no int NOT NULL REFERENCES webhooks,
  message_id text COLLATE "C" NOT NULL UNIQUE DEFAULT 'msg_' || replace(gen_random_uuid()::text, '-', ''),
  type text COLLATE "C" NOT NULL,
  data json NOT NULL,
  subjects text[],
  correlation_id text NOT NULL,
  occurred_at timestamptz NOT NULL,
  waiting_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  state outbox_state NOT NULL DEFAULT 'waiting',
  sequence bigint,
  attempts int NOT NULL DEFAULT 0,
  error json,
  ended_at timestamptz,
  CHECK (state <> 'dead' OR error IS NOT NULL)
) WITH (fillfactor = 75);
COMMENT ON TABLE outbox_entries IS
  'Messages of one webhook each. Events are written in the transaction of their cause; levels are taken when their turn comes.';
COMMENT ON COLUMN outbox_entries.subjects IS 'Of levels, in the order of data.items; NULL: an event.';
COMMENT ON COLUMN outbox_entries.state IS 'sending: begun and frozen, sent again as it is until it is delivered or dead. Of a webhook at most one.';
CREATE INDEX outbox_entries_waiting ON outbox_entries (webhook_no, waiting_since, entry_no) WHERE state = 'waiting';
CREATE UNIQUE INDEX outbox_entries_sending ON outbox_entries (webhook_no) WHERE state = 'sending';
CREATE INDEX outbox_entries_dead ON outbox_entries (webhook_no, entry_no) WHERE state = 'dead';
CREATE INDEX outbox_entries_all_dead ON outbox_entries (entry_no) WHERE state = 'dead';
CREATE INDEX outbox_entries_delivered ON outbox_entries (ended_at) WHERE state = 'delivered';

CREATE TABLE outbox_checkpoints (
  reader text COLLATE "C" PRIMARY KEY,
  generation uuid NOT NULL,
  position xid8 NOT NULL,
  after_key text COLLATE "C",
  scanning boolean NOT NULL
);
COMMENT ON TABLE outbox_checkpoints IS 'Where a relay stands in the change feed; moved in the transaction that writes what it read.';

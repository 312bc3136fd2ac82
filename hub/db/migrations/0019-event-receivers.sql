-- Events also as CloudEvents, and to NATS JetStream: how a receiver is reached, what its messages look like, and what each is of.

CREATE TYPE receiver_kind AS ENUM ('webhook', 'nats');
CREATE TYPE message_form AS ENUM ('standard', 'cloudEvents', 'cloudEventsBinary');

ALTER TABLE webhooks ADD COLUMN kind receiver_kind NOT NULL DEFAULT 'webhook';
ALTER TABLE webhooks ADD COLUMN form message_form NOT NULL DEFAULT 'standard';
COMMENT ON COLUMN webhooks.kind IS 'nats: of the NATS that hubs are run with; it has no secret, and there is one at most.';
COMMENT ON COLUMN webhooks.form IS 'Never changed: a message is the same at each attempt.';
CREATE UNIQUE INDEX webhooks_nats ON webhooks (kind) WHERE kind = 'nats' AND state <> 'ended';

ALTER TABLE outbox_entries ADD COLUMN subject text COLLATE "C";
COMMENT ON COLUMN outbox_entries.subject IS 'What an event is of. Events of one subject are never under way at once, so none overtakes another.';
DROP INDEX outbox_entries_sending;
CREATE INDEX outbox_entries_sending ON outbox_entries (webhook_no, sequence) WHERE state = 'sending';
COMMENT ON COLUMN outbox_entries.state IS 'sending: begun and frozen, sent again as it is until it is delivered or dead. Of a webhook at most one, of NATS a window.';

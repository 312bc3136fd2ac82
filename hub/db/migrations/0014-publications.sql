-- Channels that are spoken with: their accounts, what each listing shall say and says, and the calls that make it so.

CREATE TYPE channel_account_state AS ENUM ('active', 'paused', 'ended');

CREATE TABLE channel_accounts (
  account_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel_no smallint NOT NULL REFERENCES channels (channel_no),
  kind text NOT NULL,
  name text NOT NULL,
  base_url text NOT NULL,
  settings json NOT NULL,
  credentials bytea,
  credentials_no int NOT NULL DEFAULT 1,
  counts_down boolean NOT NULL,
  state channel_account_state NOT NULL DEFAULT 'active',
  dry_run boolean NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  listings_of int,
  listings_read boolean NOT NULL DEFAULT false,
  quota json,
  failures int NOT NULL DEFAULT 0,
  error json,
  answered_at timestamptz,
  next_at timestamptz NOT NULL DEFAULT now(),
  claim uuid,
  claimed_until timestamptz NOT NULL DEFAULT '-infinity',
  orders_at timestamptz,
  orders_known_to timestamptz,
  CHECK (credentials IS NOT NULL OR state = 'ended')
) WITH (fillfactor = 50);
COMMENT ON COLUMN channel_accounts.credentials IS 'Sealed by the hub''s key, which is not in the database.';
COMMENT ON COLUMN channel_accounts.credentials_no IS 'Grows with each change of settings or credentials.';
COMMENT ON COLUMN channel_accounts.counts_down IS 'The channel takes off its own number what it sells.';
COMMENT ON COLUMN channel_accounts.listings_of IS 'The version of the rules whose listings its publications are; counts once listings_read.';
COMMENT ON COLUMN channel_accounts.quota IS 'What is left of the channel''s quota, and what it is believed to be: survives whoever worked here.';
COMMENT ON COLUMN channel_accounts.failures IS 'Calls in a row that failed as a whole, the last one with error: nothing is called until next_at, then once to try.';
COMMENT ON COLUMN channel_accounts.claim IS 'Of the hub that works on it, over all hubs, until claimed_until: it may have been killed.';
COMMENT ON COLUMN channel_accounts.orders_at IS 'When its orders are asked for next; NULL: never, it tells them by itself or has none.';
COMMENT ON COLUMN channel_accounts.orders_known_to IS 'Every order that was placed at the channel before then has been seen.';
CREATE UNIQUE INDEX channel_accounts_live ON channel_accounts (channel_no) WHERE state <> 'ended';
CREATE INDEX channel_accounts_due ON channel_accounts (next_at) WHERE state = 'active';

CREATE TABLE publication_calls (
  call_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  account_no int NOT NULL REFERENCES channel_accounts,
  key uuid NOT NULL DEFAULT gen_random_uuid(),
  shape text NOT NULL,
  items json NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts int NOT NULL DEFAULT 0,
  ended_at timestamptz
) WITH (fillfactor = 75);
COMMENT ON TABLE publication_calls IS
  'A call is frozen before it is sent: whoever sends it again after a kill sends the same under the same key. Of an account they are begun one after the other, so call_no grows.';
CREATE INDEX publication_calls_open ON publication_calls (account_no, call_no) WHERE ended_at IS NULL;
CREATE INDEX publication_calls_ended ON publication_calls (ended_at) WHERE ended_at IS NOT NULL;

CREATE TABLE publications (
  account_no int NOT NULL REFERENCES channel_accounts,
  channel_sku text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  listed boolean NOT NULL DEFAULT true,
  reference text,
  desired int NOT NULL CHECK (desired >= 0),
  desired_at timestamptz NOT NULL,
  confirmed int,
  confirmed_at timestamptz,
  basis json,
  in_flight int NOT NULL DEFAULT 0 CHECK (in_flight >= 0),
  in_flight_since timestamptz,
  must_read boolean NOT NULL,
  version int NOT NULL DEFAULT 0,
  urgency real NOT NULL DEFAULT 0,
  waits_since timestamptz,
  due_at timestamptz,
  call_no bigint,
  ordered_in_call int NOT NULL DEFAULT 0,
  in_doubt int,
  company int,
  attempts int NOT NULL DEFAULT 0,
  error json,
  parked_at timestamptz,
  read_at timestamptz NOT NULL DEFAULT '-infinity',
  drift int,
  drift_at timestamptz,
  PRIMARY KEY (account_no, channel_sku)
) WITH (fillfactor = 60);
COMMENT ON TABLE publications IS 'What each listing shall say and says at its channel. Level-triggered: workers make confirmed equal desired, less what is in flight.';
COMMENT ON COLUMN publications.listed IS 'false: the rules list it no more; it goes when its channel says 0.';
COMMENT ON COLUMN publications.reference IS 'What the channel itself calls it, where that is another name; looked up once.';
COMMENT ON COLUMN publications.desired_at IS 'The instant of availability that desired is of: what can be explained.';
COMMENT ON COLUMN publications.confirmed IS 'What the channel is known to say; NULL: not known.';
COMMENT ON COLUMN publications.basis IS 'What the last confirmed number was worked out from.';
COMMENT ON COLUMN publications.in_flight IS 'Units that the channel has sold by its own count in orders that are not known yet.';
COMMENT ON COLUMN publications.must_read IS 'What the channel says is read before anything is sent.';
COMMENT ON COLUMN publications.version IS 'Changes when an order changes confirmed: what was read before then does not count.';
COMMENT ON COLUMN publications.urgency IS 'Chance of selling out; 1 more where the channel says more than there is. The highest goes first.';
COMMENT ON COLUMN publications.due_at IS 'When it is to be looked at; NULL: it says what it shall.';
COMMENT ON COLUMN publications.call_no IS 'The call that is under way with it.';
COMMENT ON COLUMN publications.ordered_in_call IS 'Units in orders that became known while the call is under way.';
COMMENT ON COLUMN publications.in_doubt IS 'Was sent, and the channel may have taken it or not.';
COMMENT ON COLUMN publications.company IS 'In how large a call it may travel at most, after one was refused as a whole; NULL: any.';
COMMENT ON COLUMN publications.parked_at IS 'Since when it is set aside, with error: until somebody has it tried again, or it is listed anew.';
COMMENT ON COLUMN publications.drift IS 'By how much the channel last differed for no known reason.';
CREATE INDEX publications_sku ON publications (sku);
CREATE INDEX publications_due ON publications (account_no, urgency DESC, channel_sku)
  WHERE due_at IS NOT NULL AND call_no IS NULL AND parked_at IS NULL AND NOT must_read;
CREATE INDEX publications_to_read ON publications (account_no, due_at)
  WHERE due_at IS NOT NULL AND call_no IS NULL AND parked_at IS NULL AND must_read;
CREATE INDEX publications_of_call ON publications (call_no) WHERE call_no IS NOT NULL;
CREATE INDEX publications_parked ON publications (account_no, channel_sku) WHERE parked_at IS NOT NULL;
CREATE INDEX publications_in_flight ON publications (account_no) WHERE in_flight > 0;
CREATE INDEX publications_by_read ON publications (account_no, read_at)
  WHERE due_at IS NULL AND call_no IS NULL AND parked_at IS NULL;

-- Orders that channels tell of ------------------------------------------------------------------------------------------

CREATE TABLE channel_messages (
  account_no int NOT NULL REFERENCES channel_accounts,
  message_id text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (account_no, message_id)
);
COMMENT ON TABLE channel_messages IS 'Webhooks of channels that were taken, each once; forgotten after a week.';
CREATE INDEX channel_messages_by_time ON channel_messages (received_at);

CREATE TABLE channel_hints (
  account_no int NOT NULL REFERENCES channel_accounts,
  id text COLLATE "C" NOT NULL,
  hinted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  attempts int NOT NULL DEFAULT 0,
  error json,
  due_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (account_no, id)
);
COMMENT ON TABLE channel_hints IS 'An order of which something has changed at the channel, or that could not be taken yet: its state is read there, so order and repetition of webhooks do not matter.';
CREATE INDEX channel_hints_due ON channel_hints (account_no, due_at);

-- What orders ask of channels, by channel ---------------------------------------------------------------------------------

ALTER TABLE order_effects ADD COLUMN channel text COLLATE "C";
COMMENT ON COLUMN order_effects.channel IS 'Of stream channel: whose it is.';
UPDATE order_effects e SET channel = o.channel FROM orders o
 WHERE o.order_no = e.order_no AND e.stream = 'channel' AND e.done_at IS NULL;
CREATE INDEX order_effects_of_channel ON order_effects (channel, retry_at)
  WHERE done_at IS NULL AND channel IS NOT NULL AND kind IN ('refund', 'tell');

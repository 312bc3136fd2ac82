-- Orders: what channels ordered, where it stands and how it came there; personal data apart; sourcing rules.

CREATE TYPE order_state AS ENUM ('received', 'validated', 'allocated', 'posted', 'released', 'picking', 'ready', 'shipped',
  'completed', 'cancelled', 'returned');

CREATE TABLE orders (
  order_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  channel_order_id text COLLATE "C" NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  content json NOT NULL,
  state order_state NOT NULL DEFAULT 'received',
  payment text NOT NULL CHECK (payment IN ('pending', 'paid', 'onHandover', 'failed')),
  lane smallint NOT NULL,
  lines json NOT NULL,
  skus json NOT NULL DEFAULT '{}',
  avoid json NOT NULL DEFAULT '[]',
  refunded_minor bigint NOT NULL DEFAULT 0 CHECK (refunded_minor >= 0),
  events int NOT NULL DEFAULT 0,
  problem json,
  received_at timestamptz NOT NULL,
  entered_at timestamptz NOT NULL,
  due_at timestamptz,
  look_again_at timestamptz,
  correlation_id text NOT NULL,
  UNIQUE (channel, channel_order_id)
) WITH (fillfactor = 50);
COMMENT ON TABLE orders IS 'Documents are json: they are read whole with their order, and never searched. Whoever changes an order holds its row lock.';
COMMENT ON COLUMN orders.digest IS 'SHA-256 of content: the same id with another one is kept in order_conflicts.';
COMMENT ON COLUMN orders.lane IS 'Place in the list of lanes: the most urgent is 0.';
COMMENT ON COLUMN orders.lines IS 'Where the units of each line stand.';
COMMENT ON COLUMN orders.problem IS 'Why it does not go on; NULL: it does.';
COMMENT ON COLUMN orders.due_at IS 'When it should have left its state; NULL: it may stay.';
COMMENT ON COLUMN orders.look_again_at IS 'When names or units that were missing are looked for again.';
CREATE INDEX orders_by_state ON orders (state, order_no);
CREATE INDEX orders_by_channel ON orders (channel, order_no);
CREATE INDEX orders_due ON orders (due_at, order_no) WHERE due_at IS NOT NULL;
CREATE INDEX orders_with_problem ON orders (order_no) WHERE problem IS NOT NULL;
CREATE INDEX orders_to_look_at ON orders (look_again_at) WHERE look_again_at IS NOT NULL;

CREATE TABLE order_customers (
  order_no bigint PRIMARY KEY REFERENCES orders,
  channel text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  contact json,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  retain_until timestamptz NOT NULL
);
COMMENT ON TABLE order_customers IS 'Personal data, and nothing else of an order has any: exported and erased by (channel, reference), erased after retain_until.';
CREATE INDEX order_customers_by_reference ON order_customers (channel, reference, order_no);
CREATE INDEX order_customers_to_erase ON order_customers (retain_until);

CREATE TABLE order_conflicts (
  order_no bigint NOT NULL REFERENCES orders,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  content json NOT NULL,
  received_at timestamptz NOT NULL,
  received_by text NOT NULL,
  PRIMARY KEY (order_no, digest)
);
COMMENT ON TABLE order_conflicts IS 'Other orders that came under the id of this one, each once.';

CREATE TABLE order_events (
  order_no bigint NOT NULL REFERENCES orders,
  event_no int NOT NULL,
  at timestamptz NOT NULL,
  act text NOT NULL,
  detail json NOT NULL,
  steps json NOT NULL,
  refused text,
  said_by text NOT NULL,
  correlation_id text NOT NULL,
  key text COLLATE "C",
  PRIMARY KEY (order_no, event_no)
);
COMMENT ON TABLE order_events IS 'What was said of an order and what followed, by whom and when; only ever inserted into.';
COMMENT ON COLUMN order_events.steps IS 'The act and what followed by itself, each with the states before and after.';
COMMENT ON COLUMN order_events.refused IS 'Code of a refusal that is kept: what was said is true all the same, as of a store that handed over.';
COMMENT ON COLUMN order_events.key IS 'The same act carries the same key: said again it changes nothing.';
CREATE UNIQUE INDEX order_events_by_key ON order_events (order_no, key) WHERE key IS NOT NULL;
CREATE TRIGGER order_events_stay BEFORE UPDATE OR DELETE ON order_events
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

-- What is to be done ----------------------------------------------------------------------------------------------------

CREATE TABLE order_effects (
  effect_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_no bigint NOT NULL REFERENCES orders,
  stream text NOT NULL CHECK (stream IN ('holds', 'erp', 'channel')),
  kind text NOT NULL,
  detail json NOT NULL,
  created_at timestamptz NOT NULL,
  attempts int NOT NULL DEFAULT 0,
  retry_at timestamptz NOT NULL,
  plan json,
  error json,
  done_at timestamptz,
  done_by text
) WITH (fillfactor = 50);
COMMENT ON TABLE order_effects IS 'Written with the event that asks for them. Of one order and stream the first open one is done first.';
COMMENT ON COLUMN order_effects.stream IS 'holds and erp are worked on by the hub; channel waits for whoever speaks with the channel.';
COMMENT ON COLUMN order_effects.retry_at IS 'Not before: in the future while somebody is at it, or after a failure.';
COMMENT ON COLUMN order_effects.plan IS 'What exactly is sent, kept before it is: sent again after a crash it is the same act.';
CREATE INDEX order_effects_ready ON order_effects (retry_at) WHERE done_at IS NULL AND stream <> 'channel';
CREATE INDEX order_effects_open ON order_effects (order_no, stream, effect_no) WHERE done_at IS NULL;
CREATE INDEX order_effects_to_tell ON order_effects (effect_no) WHERE done_at IS NULL AND stream = 'channel';
CREATE INDEX order_effects_of ON order_effects (order_no, effect_no);

CREATE TABLE order_holds (
  reservation_no bigint NOT NULL,
  reservation_line smallint NOT NULL,
  order_no bigint NOT NULL REFERENCES orders,
  line text NOT NULL,
  location text COLLATE "C" NOT NULL,
  units int NOT NULL CHECK (units > 0),
  released int NOT NULL DEFAULT 0 CHECK (released >= 0),
  handed int NOT NULL DEFAULT 0 CHECK (handed >= 0),
  confirmed_at timestamptz,
  PRIMARY KEY (reservation_no, reservation_line, location),
  CHECK (released + handed <= units)
);
COMMENT ON TABLE order_holds IS 'Which line of which reservation holds units of an order''s line, and where, as far as the order knows.';
CREATE INDEX order_holds_of ON order_holds (order_no);
CREATE INDEX order_holds_live ON order_holds (order_no) WHERE released + handed < units;

CREATE TABLE order_parcels (
  location text COLLATE "C" NOT NULL,
  asked_at timestamptz NOT NULL,
  order_no bigint NOT NULL REFERENCES orders,
  PRIMARY KEY (order_no, location)
);
COMMENT ON TABLE order_parcels IS 'Each location that was asked for units of an order, once: a store''s parcels of a day.';
CREATE INDEX order_parcels_by_day ON order_parcels (location, asked_at);

-- Sourcing rules ----------------------------------------------------------------------------------------------------------

CREATE TABLE sourcing_versions (
  version int PRIMARY KEY CHECK (version > 0),
  document text NOT NULL,
  rules json NOT NULL,
  applied_at timestamptz NOT NULL,
  applied_by text NOT NULL,
  note text
);
COMMENT ON TABLE sourcing_versions IS 'Every version of the sourcing rules, kept for good; the highest is in force.';
CREATE TRIGGER sourcing_versions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON sourcing_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

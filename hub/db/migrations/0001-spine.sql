-- The spine: who may speak, what happened, what follows from it, and how it reaches the stores.
-- Instants that come from facts are ms since 1970 (`at`); the hub's own are timestamptz.
-- Text that is a key sorts by bytes (COLLATE "C"): cheap to compare, the same on every machine.

CREATE TYPE fact_kind AS ENUM ('sale', 'return', 'count', 'receipt', 'transferOut', 'transferIn', 'adjustment', 'void');
CREATE TYPE stock_condition AS ENUM ('sellable', 'damaged', 'quarantined');
CREATE TYPE feed_topic AS ENUM ('products', 'positions', 'storeConfig');

CREATE TABLE locations (
  location_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

-- Credentials ---------------------------------------------------------------------------------------------------

CREATE TABLE devices (
  device_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_no int NOT NULL REFERENCES locations,
  name text NOT NULL,
  public_key bytea NOT NULL UNIQUE CHECK (length(public_key) = 32),
  enrolled_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz,
  revoked_reason text
);

CREATE TABLE enrolment_tokens (
  token_hash bytea PRIMARY KEY,
  location_no int NOT NULL REFERENCES locations,
  created_at timestamptz NOT NULL DEFAULT now(),
  expires_at timestamptz NOT NULL,
  used_at timestamptz,
  device_no int REFERENCES devices
);

CREATE TABLE api_keys (
  key_hash bytea PRIMARY KEY,
  name text NOT NULL UNIQUE,
  scope text NOT NULL CHECK (scope IN ('read', 'write')),
  created_at timestamptz NOT NULL DEFAULT now(),
  revoked_at timestamptz
);

-- Journals ------------------------------------------------------------------------------------------------------

CREATE TABLE journals (
  journal_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  device_no int NOT NULL REFERENCES devices,
  epoch bigint NOT NULL,
  location_no int NOT NULL REFERENCES locations,
  watermark bigint NOT NULL DEFAULT 0,
  advanced_at timestamptz,
  UNIQUE (device_no, epoch)
) WITH (fillfactor = 50);
COMMENT ON TABLE journals IS 'One epoch of one device. watermark: highest seq up to which every fact is held.';

CREATE TABLE device_status (
  device_no int PRIMARY KEY REFERENCES devices,
  connected_at timestamptz,
  disconnected_at timestamptz,
  reported_at timestamptz,
  last_seq bigint,
  backlog bigint,
  oldest_unsent_at bigint,
  quarantined bigint,
  clock_offset_ms bigint,
  agent_version text,
  protocol int
) WITH (fillfactor = 50);

-- Facts and the ledger: only ever inserted into --------------------------------------------------------------------

CREATE TABLE facts (
  location_no int NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  offset_ms bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  digest uuid NOT NULL,
  kind fact_kind NOT NULL,
  key text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C",
  source text NOT NULL,
  body text NOT NULL,
  PRIMARY KEY (location_no, journal_no, seq),
  UNIQUE (location_no, key)
);
COMMENT ON COLUMN facts.correlation_id IS 'NULL: the same as key.';
COMMENT ON COLUMN facts.digest IS 'First half of SHA-256 over kind and canonical body: what a repeated key is compared by.';
CREATE INDEX facts_correlation_id ON facts (correlation_id) WHERE correlation_id IS NOT NULL;

CREATE TABLE movements (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  line smallint NOT NULL,
  reversal boolean NOT NULL DEFAULT false,
  condition stock_condition NOT NULL,
  quantity int NOT NULL,
  PRIMARY KEY (location_no, sku, at, journal_no, seq, line, reversal)
);
COMMENT ON TABLE movements IS
  'The ledger. A reversal takes a voided line back and stands at the instant of the fact that it voids.';

CREATE TABLE counts (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  counted bigint NOT NULL,
  expected bigint NOT NULL DEFAULT 0,
  voided boolean NOT NULL DEFAULT false,
  variance bigint GENERATED ALWAYS AS (counted - expected) STORED,
  PRIMARY KEY (location_no, sku, at, journal_no, seq)
);
COMMENT ON COLUMN counts.expected IS 'The count before it plus the movements between; follows when late facts arrive.';

CREATE TABLE voids (
  location_no int NOT NULL,
  target_key text COLLATE "C" NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (location_no, target_key)
);
COMMENT ON TABLE voids IS 'Which key is void, by which fact; a void may come before the fact that it names.';

CREATE TABLE positions (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  on_hand bigint NOT NULL DEFAULT 0,
  damaged bigint NOT NULL DEFAULT 0,
  quarantined bigint NOT NULL DEFAULT 0,
  anchor_at bigint,
  anchor_journal int,
  anchor_seq bigint,
  anchor_quantity bigint,
  PRIMARY KEY (location_no, sku)
) WITH (fillfactor = 75);
COMMENT ON TABLE positions IS 'anchor_quantity + sellable movements after (anchor_at, anchor_journal, anchor_seq) = on_hand.';

CREATE TABLE quarantine (
  quarantine_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_no int NOT NULL REFERENCES locations,
  journal_no int NOT NULL REFERENCES journals,
  seq bigint NOT NULL,
  key text COLLATE "C",
  code text NOT NULL,
  detail text NOT NULL,
  protocol_line bytea NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  resolved_at timestamptz,
  resolution text CHECK (resolution IN ('released', 'dismissed')),
  resolved_by text,
  note text,
  UNIQUE (journal_no, seq)
);
COMMENT ON COLUMN quarantine.protocol_line IS 'The fact verbatim, as a line of the wire (or its JSON, from protocol 1).';
CREATE INDEX quarantine_open ON quarantine (quarantine_no) WHERE resolved_at IS NULL;
CREATE INDEX quarantine_key ON quarantine (key) WHERE key IS NOT NULL;

-- Down to the stores ----------------------------------------------------------------------------------------------

CREATE TABLE products (
  sku text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  gtin text,
  deleted boolean NOT NULL DEFAULT false,
  updated_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE store_config (
  location_no int NOT NULL REFERENCES locations,
  name text COLLATE "C" NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (location_no, name)
);

CREATE TABLE changes (
  topic feed_topic NOT NULL,
  scope int NOT NULL,
  position xid8 NOT NULL DEFAULT pg_current_xact_id(),
  changed_at timestamptz NOT NULL DEFAULT now(),
  keys text[] COLLATE "C" NOT NULL
);
COMMENT ON TABLE changes IS
  'The change feed: which keys a transaction touched. Read only below the oldest running transaction, so none is skipped.';
COMMENT ON COLUMN changes.scope IS 'location_no, or 0 for what every store gets.';
CREATE INDEX changes_by_scope ON changes (topic, scope, position);
CREATE INDEX changes_by_position ON changes (position);

CREATE TABLE feed_state (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  generation uuid NOT NULL DEFAULT gen_random_uuid(),
  floor xid8 NOT NULL DEFAULT '0'
);
COMMENT ON COLUMN feed_state.floor IS 'Entries below it are pruned: a reader that stands lower scans again.';
INSERT INTO feed_state DEFAULT VALUES;

-- Channels ----------------------------------------------------------------------------------------------------------

CREATE TABLE channels (
  code text COLLATE "C" PRIMARY KEY,
  name text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE channel_locations (
  channel_code text COLLATE "C" NOT NULL REFERENCES channels ON DELETE CASCADE,
  location_no int NOT NULL REFERENCES locations,
  PRIMARY KEY (channel_code, location_no)
);

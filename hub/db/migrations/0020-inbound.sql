-- What comes back from ERPs, WMS and 3PLs: who may tell, their journals, stock that they state, and what each says of products.

CREATE TYPE inbound_kind AS ENUM ('erp', 'wms', 'other');
CREATE TYPE inbound_state AS ENUM ('active', 'paused', 'ended');

CREATE TABLE inbound_sources (
  source_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  kind inbound_kind NOT NULL,
  name text NOT NULL,
  settings json NOT NULL,
  secrets bytea,
  state inbound_state NOT NULL DEFAULT 'active',
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  heard_at timestamptz,
  folder_claim uuid,
  folder_claimed_until timestamptz NOT NULL DEFAULT '-infinity',
  CHECK (secrets IS NOT NULL OR state = 'ended')
) WITH (fillfactor = 50);
COMMENT ON COLUMN inbound_sources.secrets IS 'What its webhooks are signed with, sealed with the hub''s key, which the database does not hold.';
COMMENT ON COLUMN inbound_sources.heard_at IS 'When it told anything last, by whatever way.';
COMMENT ON COLUMN inbound_sources.folder_claim IS 'The hub that reads its folder until folder_claimed_until.';

ALTER TABLE devices ADD COLUMN source_no int REFERENCES inbound_sources;
ALTER TABLE devices ALTER COLUMN public_key DROP NOT NULL;
ALTER TABLE devices ADD CHECK ((source_no IS NULL) = (public_key IS NOT NULL));
COMMENT ON COLUMN devices.source_no IS 'Not a device: the journal that the hub itself keeps of a source at this location. It has no key, so nobody enters with it.';
CREATE UNIQUE INDEX devices_source_key ON devices (source_no, location_no) WHERE source_no IS NOT NULL;

CREATE TABLE inbound_messages (
  source_no int NOT NULL REFERENCES inbound_sources,
  message_id text COLLATE "C" NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_no, message_id)
);
COMMENT ON TABLE inbound_messages IS 'Webhooks that were taken; kept for longer than one is let in after it was signed.';
CREATE INDEX inbound_messages_received ON inbound_messages (received_at);

CREATE TABLE inbound_files (
  source_no int NOT NULL REFERENCES inbound_sources,
  sha256 text COLLATE "C" NOT NULL,
  mapping text COLLATE "C" NOT NULL,
  name text NOT NULL,
  report json NOT NULL,
  finished_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (source_no, sha256, mapping)
);
COMMENT ON TABLE inbound_files IS 'Files that were dealt with, by content: the same one again changes nothing, unless its mapping has changed since.';
CREATE INDEX inbound_files_finished ON inbound_files (source_no, finished_at DESC);

CREATE TABLE inbound_rejects (
  reject_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_no int NOT NULL REFERENCES inbound_sources,
  digest uuid NOT NULL,
  way text NOT NULL,
  line int,
  code text NOT NULL,
  detail text NOT NULL,
  verbatim bytea NOT NULL,
  times int NOT NULL DEFAULT 1,
  received_at timestamptz NOT NULL DEFAULT now(),
  last_at timestamptz NOT NULL DEFAULT now(),
  dismissed_at timestamptz,
  dismissed_by text,
  note text,
  UNIQUE (source_no, digest)
);
COMMENT ON TABLE inbound_rejects IS 'What is no fact, no product and no stock: kept as it came, with its reason. What is a fact and cannot be merged is in quarantine.';
COMMENT ON COLUMN inbound_rejects.times IS 'How often the same came with the same reason.';
CREATE INDEX inbound_rejects_open ON inbound_rejects (reject_no) WHERE dismissed_at IS NULL;

CREATE TABLE stock_statement_heads (
  statement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  source_no int NOT NULL REFERENCES inbound_sources,
  location_no int NOT NULL REFERENCES locations,
  key text COLLATE "C" NOT NULL,
  as_of bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  digest uuid,
  complete boolean NOT NULL DEFAULT false,
  UNIQUE (source_no, location_no, key)
);
COMMENT ON TABLE stock_statement_heads IS 'What a source says to be at a location, to be compared with: it moves nothing.';
COMMENT ON COLUMN stock_statement_heads.complete IS 'Set when all of its lines are there; until then nobody reads it.';
CREATE INDEX stock_statement_heads_latest ON stock_statement_heads (location_no, source_no, as_of DESC) WHERE complete;

CREATE TABLE stock_statement_lines (
  statement_no bigint NOT NULL REFERENCES stock_statement_heads ON DELETE CASCADE,
  sku text COLLATE "C" NOT NULL,
  quantity bigint NOT NULL,
  PRIMARY KEY (statement_no, sku)
);

CREATE VIEW stock_statements AS
  SELECT h.statement_no, s.code AS source_code, h.source_no, l.code AS location, h.location_no, i.sku, i.quantity,
         h.as_of, h.received_at, h.key AS statement_key
    FROM stock_statement_heads h
    JOIN inbound_sources s USING (source_no)
    JOIN locations l USING (location_no)
    JOIN stock_statement_lines i USING (statement_no)
   WHERE h.complete;
COMMENT ON VIEW stock_statements IS 'Whole statements, line by line; as_of in ms since 1970.';

ALTER TABLE products ADD COLUMN price_minor bigint;
ALTER TABLE products ADD COLUMN currency text;
ALTER TABLE products ADD CHECK ((price_minor IS NULL) = (currency IS NULL) AND price_minor >= 0);
COMMENT ON COLUMN products.price_minor IS 'In the smallest unit of the currency.';

CREATE TYPE product_field AS ENUM ('name', 'gtin', 'category', 'price', 'deleted');

CREATE TABLE product_statements (
  statement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku text COLLATE "C" NOT NULL,
  field product_field NOT NULL,
  source_no int NOT NULL,
  value text,
  said_at bigint NOT NULL,
  received_at timestamptz NOT NULL DEFAULT now(),
  is_current boolean NOT NULL DEFAULT true
);
COMMENT ON TABLE product_statements IS 'Who said what of a product when, field by field; kept for good.';
COMMENT ON COLUMN product_statements.source_no IS '0: by hand, PUT /v1/products.';
COMMENT ON COLUMN product_statements.value IS 'Null: it says that there is none. A price is "MINOR CURRENCY".';
CREATE UNIQUE INDEX product_statements_current ON product_statements (sku, field, source_no) WHERE is_current;
CREATE INDEX product_statements_history ON product_statements (sku, statement_no DESC);

CREATE TABLE product_rule_versions (
  version int PRIMARY KEY CHECK (version > 0),
  rules json NOT NULL,
  applied_at timestamptz NOT NULL DEFAULT now(),
  applied_by text NOT NULL,
  note text,
  after_sku text COLLATE "C" NOT NULL DEFAULT '',
  weighed_at timestamptz
);
COMMENT ON COLUMN product_rule_versions.after_sku IS 'Up to here products are weighed by it; all of them since weighed_at.';
COMMENT ON TABLE product_rule_versions IS 'Which source is believed for which field of a product; the highest version is in force.';

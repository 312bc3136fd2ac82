-- Forwarding to ERPs: what merges and orders said, the documents that come of it, their streams, and the ERPs themselves.

CREATE TYPE erp_state AS ENUM ('active', 'paused', 'ended');

CREATE TABLE erps (
  erp_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  kind text NOT NULL,
  name text NOT NULL,
  settings json NOT NULL,
  credentials bytea,
  pace json NOT NULL,
  state erp_state NOT NULL DEFAULT 'active',
  mapping int NOT NULL DEFAULT 0,
  revision int NOT NULL DEFAULT 1,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  failures int NOT NULL DEFAULT 0,
  error json,
  posted_at timestamptz,
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  paced_until timestamptz NOT NULL DEFAULT '-infinity'
) WITH (fillfactor = 50);
COMMENT ON COLUMN erps.credentials IS 'Sealed with the hub''s key, which the database does not hold.';
COMMENT ON COLUMN erps.pace IS 'How much at once, how often, when not, and what is worth most.';
COMMENT ON COLUMN erps.mapping IS 'The version that is live; 0: none yet, and nothing is forwarded.';
COMMENT ON COLUMN erps.revision IS 'Grows with what a connector is made of: hubs that run take it up.';
COMMENT ON COLUMN erps.failures IS 'In a row, of the ERP itself and not of a document; the breaker is open until next_at.';
COMMENT ON COLUMN erps.paced_until IS 'Up to here the rate is taken, over all hubs.';

CREATE TABLE erp_mappings (
  erp_no int NOT NULL REFERENCES erps,
  version int NOT NULL,
  document json NOT NULL,
  note text,
  made_at timestamptz NOT NULL DEFAULT now(),
  made_by text NOT NULL,
  PRIMARY KEY (erp_no, version)
);
COMMENT ON TABLE erp_mappings IS 'Versions that were put live, kept for good: which documents go there, and as what.';

CREATE TABLE erp_routes (
  erp_no int NOT NULL REFERENCES erps,
  route_no int NOT NULL,
  kinds text[] NOT NULL,
  stores text[] COLLATE "C",
  from_at bigint NOT NULL,
  until_at bigint NOT NULL,
  PRIMARY KEY (erp_no, route_no)
);
COMMENT ON TABLE erp_routes IS 'The routes of the mappings that are live.';

CREATE TABLE document_entries (
  entry_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_no int,
  journal_no int,
  from_seq bigint,
  to_seq bigint,
  skus text[] COLLATE "C",
  order_no bigint,
  kind text,
  content json,
  correlation_id text,
  at bigint,
  CHECK ((journal_no IS NOT NULL)::int + (skus IS NOT NULL)::int + (order_no IS NOT NULL)::int = 1)
);
COMMENT ON TABLE document_entries IS
  'Written in the transaction of the cause while there is an ERP: a run of facts, positions whose counts were judged anew, or a step of an order. Of one location or order entries are written under its lock, so in the order of their commits.';

CREATE TABLE variances_told (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units bigint NOT NULL,
  PRIMARY KEY (location_no, sku)
) WITH (fillfactor = 75);
COMMENT ON TABLE variances_told IS
  'What ERPs were told so far that counts found more or less; at the first ERP what it was then. No row: nothing.';

CREATE TYPE document_state AS ENUM ('waiting', 'posted', 'dead', 'skipped');

CREATE TABLE erp_documents (
  document_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  erp_no int NOT NULL REFERENCES erps,
  stream text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  location_no int,
  journal_no int,
  seq bigint,
  voids text COLLATE "C",
  content json,
  correlation_id text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  urgency smallint NOT NULL,
  made_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state document_state NOT NULL DEFAULT 'waiting',
  begun boolean NOT NULL DEFAULT false,
  attempts int NOT NULL DEFAULT 0,
  error json,
  reference text,
  mapping int,
  ended_at timestamptz,
  UNIQUE (erp_no, key),
  CHECK (state NOT IN ('dead', 'skipped') OR error IS NOT NULL)
) WITH (fillfactor = 75);
COMMENT ON COLUMN erp_documents.key IS 'The same at each attempt and replay: the ERP is asked for it before anything is sent a second time.';
COMMENT ON COLUMN erp_documents.content IS 'What no fact says; NULL: the fact says it.';
COMMENT ON COLUMN erp_documents.voids IS 'The key of the document that this one takes back.';
COMMENT ON COLUMN erp_documents.begun IS 'It may have been sent: whether the ERP has it is asked first.';
COMMENT ON COLUMN erp_documents.reference IS 'What the ERP calls it.';
CREATE INDEX erp_documents_waiting ON erp_documents (erp_no, stream, document_no) WHERE state = 'waiting';
CREATE INDEX erp_documents_dead ON erp_documents (erp_no, document_no) WHERE state = 'dead';
CREATE INDEX erp_documents_of_fact ON erp_documents (location_no, journal_no, seq) WHERE journal_no IS NOT NULL;

CREATE TABLE erp_streams (
  erp_no int NOT NULL REFERENCES erps,
  stream text COLLATE "C" NOT NULL,
  last_document bigint NOT NULL,
  last_urgent bigint NOT NULL DEFAULT 0,
  last_high bigint NOT NULL DEFAULT 0,
  done_document bigint NOT NULL DEFAULT 0,
  urgency smallint GENERATED ALWAYS AS
    (CASE WHEN last_urgent > done_document THEN 0 WHEN last_high > done_document THEN 1 ELSE 2 END) STORED,
  waiting_since timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_at timestamptz NOT NULL DEFAULT '-infinity',
  claim uuid,
  claimed_until timestamptz NOT NULL DEFAULT '-infinity',
  PRIMARY KEY (erp_no, stream)
) WITH (fillfactor = 50);
COMMENT ON TABLE erp_streams IS
  'Documents of one ERP that must come in order: those of a store, those of an order. Posted one after the other by one worker over all hubs.';
COMMENT ON COLUMN erp_streams.done_document IS 'Up to here nothing waits. What is due is said by this row alone, so that a claim reads no other.';
COMMENT ON COLUMN erp_streams.urgency IS '0: something for today waits, 1: something of high value, 2: all else.';
CREATE INDEX erp_streams_due ON erp_streams (erp_no, urgency, waiting_since) WHERE last_document > done_document;

CREATE TABLE erp_turns (
  claim uuid PRIMARY KEY,
  erp_no int NOT NULL REFERENCES erps,
  ends_at timestamptz NOT NULL
);
COMMENT ON TABLE erp_turns IS 'Workers that are at it, over all hubs: no more at once than the ERP stands.';
CREATE INDEX erp_turns_of ON erp_turns (erp_no);

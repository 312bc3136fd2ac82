-- Reconciliation: what other sides say, held against what the hub knows; each difference with its cause, its age and what became of it.

CREATE TYPE comparison_side AS ENUM ('erp', 'statements', 'channel', 'store', 'till', 'settlement');
CREATE TYPE run_state AS ENUM ('waiting', 'running', 'done', 'failed');
CREATE TYPE difference_state AS ENUM ('open', 'explained', 'corrected', 'ignored', 'gone');
CREATE TYPE difference_cause AS ENUM ('inFlight', 'unposted', 'unknown');

CREATE TABLE comparisons (
  comparison_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  code text COLLATE "C" NOT NULL UNIQUE,
  name text NOT NULL,
  side comparison_side NOT NULL,
  settings json NOT NULL,
  schedule json,
  correct json NOT NULL,
  enabled boolean NOT NULL,
  next_at timestamptz,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL
);
COMMENT ON COLUMN comparisons.next_at IS 'When it is run next by itself; NULL: on demand only.';
CREATE INDEX comparisons_due ON comparisons (next_at) WHERE next_at IS NOT NULL;

CREATE TABLE comparison_runs (
  run_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  comparison_no int NOT NULL REFERENCES comparisons,
  asked_by text NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  state run_state NOT NULL DEFAULT 'waiting',
  attempts int NOT NULL DEFAULT 0,
  claim uuid,
  claimed_until timestamptz NOT NULL DEFAULT '-infinity',
  began_at timestamptz,
  phase text,
  lines_read bigint NOT NULL DEFAULT 0,
  finished_at timestamptz,
  compared bigint NOT NULL DEFAULT 0,
  differing bigint NOT NULL DEFAULT 0,
  in_flight bigint NOT NULL DEFAULT 0,
  unposted bigint NOT NULL DEFAULT 0,
  unknown bigint NOT NULL DEFAULT 0,
  units float8 NOT NULL DEFAULT 0,
  value_minor bigint NOT NULL DEFAULT 0,
  opened bigint NOT NULL DEFAULT 0,
  gone bigint NOT NULL DEFAULT 0,
  corrected bigint NOT NULL DEFAULT 0,
  held_back bigint NOT NULL DEFAULT 0,
  unmapped bigint NOT NULL DEFAULT 0,
  silent bigint NOT NULL DEFAULT 0,
  left_out bigint NOT NULL DEFAULT 0,
  error json
) WITH (fillfactor = 50);
COMMENT ON TABLE comparison_runs IS 'The history of drift. A run writes its differences and its end in one transaction: killed before, it is begun anew.';
COMMENT ON COLUMN comparison_runs.units IS 'Differences of units whose cause is unknown, added up without their sign; value_minor the same in money.';
COMMENT ON COLUMN comparison_runs.held_back IS 'Differences that the rule would correct, but there are more of them at once than it allows.';
COMMENT ON COLUMN comparison_runs.unmapped IS 'Lines of the other side that name no location of ours.';
COMMENT ON COLUMN comparison_runs.silent IS 'Who was asked and said nothing.';
COMMENT ON COLUMN comparison_runs.left_out IS 'Differences that are counted here and not listed: there were too many.';
CREATE UNIQUE INDEX comparison_runs_unfinished ON comparison_runs (comparison_no) WHERE finished_at IS NULL;
CREATE INDEX comparison_runs_of ON comparison_runs (comparison_no, run_no);

CREATE TABLE comparison_lines (
  run_no bigint NOT NULL,
  location text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  ours float8,
  theirs float8 NOT NULL,
  read_at timestamptz NOT NULL,
  doubt text
);
COMMENT ON TABLE comparison_lines IS 'What the other side said, while its run lasts.';
COMMENT ON COLUMN comparison_lines.ours IS 'Where it has to be seen at the same moment; NULL: looked up at the end.';
COMMENT ON COLUMN comparison_lines.doubt IS 'Why what it says may change any moment.';
CREATE INDEX comparison_lines_of ON comparison_lines (run_no);

CREATE TABLE differences (
  difference_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  comparison_no int NOT NULL REFERENCES comparisons,
  location text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  measure text NOT NULL CHECK (measure IN ('units', 'money')),
  ours float8 NOT NULL,
  theirs float8 NOT NULL,
  difference float8 NOT NULL GENERATED ALWAYS AS (ours - theirs) STORED,
  unexplained float8 NOT NULL,
  value_minor bigint,
  currency text,
  cause difference_cause NOT NULL,
  evidence json,
  state difference_state NOT NULL,
  first_seen_at timestamptz NOT NULL,
  last_seen_at timestamptz NOT NULL,
  first_run bigint NOT NULL,
  last_run bigint NOT NULL,
  seen int NOT NULL DEFAULT 1,
  same_seen int NOT NULL DEFAULT 1,
  decided_by text,
  decided_at timestamptz,
  note text,
  correction json,
  corrected_at timestamptz,
  ended_at timestamptz
) WITH (fillfactor = 60);
COMMENT ON TABLE differences IS 'One a subject at a time. When it is gone and comes back it is another one, with a number of its own.';
COMMENT ON COLUMN differences.unexplained IS 'What is left of it without what is under way and what is set aside: both arrive by themselves, or by a replay. Only this is corrected.';
COMMENT ON COLUMN differences.same_seen IS 'Runs in a row in which it was as large as now, and its cause unknown.';
COMMENT ON COLUMN differences.correction IS 'What was decided to be done. Its key holds the number, so that it is done once.';
COMMENT ON COLUMN differences.corrected_at IS 'When that was done; NULL: it is to be done, or was never decided.';
COMMENT ON COLUMN differences.ended_at IS 'NULL while a run may find it again.';
CREATE UNIQUE INDEX differences_live ON differences (comparison_no, location, sku, reference, measure) WHERE ended_at IS NULL;
CREATE INDEX differences_of ON differences (comparison_no, difference_no);
CREATE INDEX differences_by_state ON differences (state, difference_no);
CREATE INDEX differences_by_sku ON differences (sku, difference_no) WHERE sku <> '';
CREATE INDEX differences_ended ON differences (ended_at) WHERE ended_at IS NOT NULL;
CREATE INDEX differences_to_correct ON differences (difference_no) WHERE state = 'corrected' AND corrected_at IS NULL;

CREATE TABLE store_view_requests (
  request_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  run_no bigint NOT NULL,
  device_no int NOT NULL,
  asked_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  next_page int NOT NULL DEFAULT 0,
  journal_no int,
  seq bigint,
  viewed_at timestamptz,
  answered_at timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE store_view_requests IS 'Whose own view of its stock is wanted. What is said comes page by page; the first page begins anew.';
COMMENT ON COLUMN store_view_requests.seq IS 'The last fact of the device''s own journal that its view contains.';
CREATE UNIQUE INDEX store_view_requests_of ON store_view_requests (run_no, device_no);
CREATE INDEX store_view_requests_open ON store_view_requests (device_no) WHERE answered_at IS NULL;

CREATE TABLE day_totals (
  location_no int NOT NULL REFERENCES locations,
  business_day date NOT NULL,
  till text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  sales_minor bigint NOT NULL,
  returns_minor bigint NOT NULL,
  sold_units bigint,
  returned_units bigint,
  stated_by text NOT NULL,
  stated_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (location_no, business_day, till, currency)
);
COMMENT ON TABLE day_totals IS 'What tills say that they sold on a business day (Z reports); the last statement counts. Till: empty for the whole store.';
CREATE INDEX day_totals_by_day ON day_totals (business_day);

CREATE TABLE settlements (
  settlement_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  channel text COLLATE "C" NOT NULL,
  settlement_id text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  lines int NOT NULL,
  posted_from timestamptz,
  posted_to timestamptz,
  received_at timestamptz NOT NULL DEFAULT now(),
  received_by text NOT NULL,
  UNIQUE (channel, settlement_id)
);

CREATE TABLE settlement_lines (
  settlement_no int NOT NULL REFERENCES settlements,
  line_no int NOT NULL,
  transaction_type text NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  quantity int NOT NULL,
  amount_type text NOT NULL,
  amount_description text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  posted_at timestamptz,
  PRIMARY KEY (settlement_no, line_no)
);
CREATE INDEX settlement_lines_by_order ON settlement_lines (order_id) WHERE order_id <> '';

ALTER TABLE devices ADD COLUMN by_hub boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN devices.by_hub IS 'The hub itself writes facts as it; nobody connects as it, and it says nothing of how complete a store is known.';
CREATE UNIQUE INDEX devices_by_hub ON devices (location_no) WHERE by_hub;

-- Rows lie nearly in the order in which they are posted, so a summary by blocks is enough, and costs the relay nothing.
CREATE INDEX erp_documents_ended_at ON erp_documents USING brin (ended_at);

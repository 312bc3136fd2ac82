-- What each channel may sell, kept with every merge; what is withheld for a silent store; and what both rest on.
-- Arrays over channels are indexed by the channel's slot (channels.channel_no).

ALTER TYPE feed_topic ADD VALUE 'availability';
COMMENT ON COLUMN changes.scope IS
  'location_no, or 0 for what every store gets; of topic availability 0.';

CREATE TABLE availability (
  sku text COLLATE "C" PRIMARY KEY,
  pool bigint[] NOT NULL DEFAULT '{}',
  ats int[] NOT NULL DEFAULT '{}',
  holdback int[],
  cap int[],
  min_publish int[],
  inbound bigint[],
  inbound_as_of bigint,
  inbound_until bigint,
  allocations smallint NOT NULL DEFAULT 0,
  rule_set_no int,
  category text COLLATE "C"
) WITH (fillfactor = 75);
COMMENT ON TABLE availability IS
  'By channel slot. Its row lock guards it and the shelf_terms of its sku: see hub/availability/engine/sku-locks.ts.';
COMMENT ON COLUMN availability.pool IS 'Sellable of all shelves, and what is inbound.';
COMMENT ON COLUMN availability.inbound_as_of IS
  'The instant (ms since 1970) that inbound holds for: it is a function of this, the rule set and transfer_lines. NULL: nothing is on its way that any rule speaks of.';
COMMENT ON COLUMN availability.inbound_until IS
  'When time alone gives another inbound, or may: units come within a horizon, or are overdue.';
CREATE INDEX availability_inbound_until ON availability (inbound_until, sku) WHERE inbound_until IS NOT NULL;
COMMENT ON COLUMN availability.allocations IS '0: no shelf has an allocation; else 1 + the most exclusive ones of a shelf.';

COMMENT ON COLUMN availability.category IS 'The product''s one that its terms and limits were made from.';

CREATE TABLE shelf_terms (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  withheld int[] NOT NULL DEFAULT '{}',
  lag int[],
  record int[],
  allocated boolean NOT NULL DEFAULT false,
  exclusive_slot int[],
  exclusive_units int[],
  exclusive_before bigint[],
  exclusive_percent float8[],
  exclusive_total bigint,
  shared_units int[],
  shared_percent float8[],
  PRIMARY KEY (sku, location_no)
) WITH (fillfactor = 75);
COMMENT ON TABLE shelf_terms IS 'What is withheld at a position, by channel slot. A sale does not change it.';
COMMENT ON COLUMN shelf_terms.withheld IS
  'safetyStock + lagBuffer + recordBuffer; NULL: the channel does not sell from there.';
COMMENT ON COLUMN shelf_terms.exclusive_slot IS
  'Whose each exclusive allocation is, in the order of the rules; its units and those before it, or its percentage.';

-- Rules as rows -----------------------------------------------------------------------------------------------------

CREATE TABLE rule_sets (
  rule_set_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  rules_version int,
  holds_at bigint NOT NULL,
  slots int NOT NULL,
  unrecorded_loss float8 NOT NULL,
  transit_hours float8 NOT NULL,
  locations int NOT NULL,
  made_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON TABLE rule_sets IS
  'The rules of one version that hold at one instant (ms since 1970), groups resolved. Kept: explanations of the past read them.';
COMMENT ON COLUMN rule_sets.locations IS 'How many locations there were when groups were resolved: none ever goes.';

CREATE TABLE rule_channels (
  rule_set_no int NOT NULL REFERENCES rule_sets,
  slot int NOT NULL,
  code text COLLATE "C" NOT NULL,
  epsilon float8 NOT NULL,
  holdback int NOT NULL,
  cap int,
  min_publish int NOT NULL,
  inbound_horizon_hours float8 NOT NULL,
  locations int[] NOT NULL,
  PRIMARY KEY (rule_set_no, slot)
);

CREATE TYPE rule_kind AS ENUM ('safetyStock', 'limit', 'exclusive', 'shared');

CREATE TABLE rule_rows (
  rule_set_no int NOT NULL REFERENCES rule_sets,
  kind rule_kind NOT NULL,
  product text COLLATE "C" NOT NULL,
  location_no int NOT NULL,
  slot int NOT NULL,
  rank int NOT NULL,
  ordinal int NOT NULL,
  rule_id text NOT NULL,
  units int,
  percent float8,
  holdback int,
  cap int,
  min_publish int
);
COMMENT ON COLUMN rule_rows.product IS 's and a sku, c and a category, or empty for all products. Location and slot: 0 for all.';
CREATE INDEX rule_rows_by_product ON rule_rows (rule_set_no, kind, product, location_no);

-- Silence and demand ------------------------------------------------------------------------------------------------

ALTER TABLE journals ADD COLUMN begun_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN journals.begun_at IS 'When the hub first heard of it. While nothing of it has come, it is taken for known until then.';

CREATE TABLE demand_runs (
  run_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  ran_at timestamptz NOT NULL DEFAULT now(),
  seen_at bigint NOT NULL
);

CREATE TABLE location_silence (
  silence_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  location_no int NOT NULL REFERENCES locations,
  since timestamptz NOT NULL DEFAULT clock_timestamp(),
  as_of bigint,
  step_ms bigint NOT NULL,
  exposure_hours float8 NOT NULL,
  watermarks jsonb NOT NULL
);
COMMENT ON TABLE location_silence IS
  'History of what is assumed of a location: everything until as_of is known, and it may have sold unseen for step_ms after it; 0: it is not silent. The last row counts.';
CREATE INDEX location_silence_last ON location_silence (location_no, silence_no);

CREATE TABLE demand_marks (
  journal_no int NOT NULL,
  run_no int NOT NULL,
  seq bigint NOT NULL,
  PRIMARY KEY (journal_no, run_no)
);
COMMENT ON TABLE demand_marks IS
  'Up to which fact of a journal a run has counted demand. Journals are held without a gap, so no late commit is passed over.';

CREATE TABLE demand (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units float8 NOT NULL,
  squares float8 NOT NULL,
  first_at bigint NOT NULL,
  PRIMARY KEY (location_no, sku)
) WITH (fillfactor = 80);
COMMENT ON TABLE demand IS 'Sums over the sales of a position, weighted by their age: see shared/stock/demand.ts.';

CREATE TABLE demand_skus (
  sku text COLLATE "C" PRIMARY KEY,
  units float8 NOT NULL,
  squares float8 NOT NULL,
  shelves int NOT NULL,
  firsts float8 NOT NULL
) WITH (fillfactor = 80);
COMMENT ON TABLE demand_skus IS 'The sums of a sku over all locations: what is believed of one of them before its own sales are looked at.';
COMMENT ON COLUMN demand_skus.firsts IS 'Sum of the weights of the shelves'' first_at.';

CREATE TABLE demand_released (
  quarantine_no bigint PRIMARY KEY REFERENCES quarantine,
  run_no int NOT NULL REFERENCES demand_runs
);
COMMENT ON TABLE demand_released IS
  'Which run has counted a fact that came out of quarantine: its journal''s mark may have passed it before.';

CREATE TABLE demand_hours (
  location_no int NOT NULL,
  hour smallint NOT NULL,
  sales float8 NOT NULL,
  PRIMARY KEY (location_no, hour)
);

CREATE TABLE demand_priors (
  run_no int NOT NULL REFERENCES demand_runs,
  category text COLLATE "C" NOT NULL,
  location_no int NOT NULL DEFAULT 0,
  rate_per_hour float8 NOT NULL,
  dispersion float8 NOT NULL,
  PRIMARY KEY (run_no, category, location_no)
);
COMMENT ON TABLE demand_priors IS 'Of a category, a location (0: all), or, when it names neither, the whole chain.';

CREATE TABLE lag_thresholds (
  epsilon float8 NOT NULL,
  class int NOT NULL,
  thresholds float8[] NOT NULL,
  PRIMARY KEY (epsilon, class)
);
ALTER TABLE lag_thresholds ALTER COLUMN thresholds SET STORAGE PLAIN;
COMMENT ON TABLE lag_thresholds IS 'Made by shared/stock/buffer-thresholds.ts: the buffer is width_bucket(expected units, thresholds).';

-- Units on their way --------------------------------------------------------------------------------------------------

ALTER TABLE transfer_lines ADD COLUMN left_at bigint;
COMMENT ON COLUMN transfer_lines.left_at IS 'When the last of it left, as its sender says.';
UPDATE transfer_lines l SET left_at = (
  SELECT max(at) FROM transfer_entries e
  WHERE e.transfer_no = l.transfer_no AND e.sku = l.sku AND e.place = l.place AND NOT e.incoming AND NOT e.voided);
CREATE INDEX transfer_lines_coming ON transfer_lines (sku, place) WHERE in_transit > 0;

CREATE TABLE inbound_looks (
  look_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  sku text COLLATE "C" NOT NULL,
  looked_at timestamptz NOT NULL,
  as_of bigint NOT NULL
);
COMMENT ON TABLE inbound_looks IS 'What availability.inbound_as_of was when: by it the past is explained. Of a sku the last one counts.';
CREATE INDEX inbound_looks_by_sku ON inbound_looks (sku, look_no);

-- Jobs --------------------------------------------------------------------------------------------------------------

CREATE TYPE recompute_kind AS ENUM ('rules', 'silence', 'demand');

CREATE TABLE recompute_jobs (
  job_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  kind recompute_kind NOT NULL,
  rule_set_no int REFERENCES rule_sets,
  silence_no bigint REFERENCES location_silence,
  location_no int REFERENCES locations,
  seen_at bigint NOT NULL,
  reason text NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  started_at timestamptz,
  finished_at timestamptz,
  superseded boolean NOT NULL DEFAULT false,
  only_behind boolean NOT NULL DEFAULT false,
  chunk_skus int,
  after_sku text COLLATE "C" NOT NULL DEFAULT '',
  done bigint NOT NULL DEFAULT 0,
  total bigint,
  attempts int NOT NULL DEFAULT 0,
  error text,
  retry_at timestamptz
) WITH (fillfactor = 50);
COMMENT ON TABLE recompute_jobs IS 'What was or is to be made anew, and how far it is. A job goes on behind after_sku.';
CREATE INDEX recompute_jobs_open ON recompute_jobs (job_no) WHERE finished_at IS NULL;

CREATE TABLE recompute_chunks (
  job_no int NOT NULL REFERENCES recompute_jobs,
  after_sku text COLLATE "C" NOT NULL,
  last_sku text COLLATE "C" NOT NULL,
  skus text[],
  done_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (job_no, last_sku)
);
COMMENT ON COLUMN recompute_jobs.attempts IS
  'How often in a row a chunk failed, the last time with error: other jobs go first until retry_at.';
COMMENT ON COLUMN recompute_jobs.done IS 'Skus, as total.';
COMMENT ON COLUMN recompute_jobs.superseded IS 'Ended early: a newer job of rules covers everything.';
COMMENT ON COLUMN recompute_jobs.seen_at IS 'For buffers of locations that are not silent: demand and age of counts as seen from here, ms since 1970.';
COMMENT ON COLUMN recompute_jobs.only_behind IS
  'Of kind rules: only skus that go by another set or another category than they should.';
COMMENT ON COLUMN recompute_chunks.skus IS 'NULL: all from after_sku to last_sku.';
CREATE INDEX recompute_chunks_by_time ON recompute_chunks (done_at);
COMMENT ON TABLE recompute_chunks IS 'When a job reached which skus: what was in force of a sku at any past instant.';

INSERT INTO availability (sku) SELECT DISTINCT sku FROM positions;
INSERT INTO shelf_terms (location_no, sku) SELECT location_no, sku FROM positions;

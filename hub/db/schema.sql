-- The schema after all migrations, for reading and for the drift test. Not edited by hand: npm run schema writes it.
SET check_function_bodies = off;

CREATE TYPE channel_account_state AS ENUM ('active', 'paused', 'ended');
CREATE TYPE comparison_side AS ENUM ('erp', 'statements', 'channel', 'store', 'till', 'settlement');
CREATE TYPE count_decision AS ENUM ('approved', 'rejected');
CREATE TYPE difference_cause AS ENUM ('inFlight', 'unposted', 'unknown');
CREATE TYPE difference_state AS ENUM ('open', 'explained', 'corrected', 'ignored', 'gone');
CREATE TYPE document_state AS ENUM ('waiting', 'posted', 'dead', 'skipped');
CREATE TYPE erp_state AS ENUM ('active', 'paused', 'ended');
CREATE TYPE fact_kind AS ENUM ('sale', 'return', 'count', 'receipt', 'transferOut', 'transferIn', 'adjustment', 'void', 'task');
CREATE TYPE feed_topic AS ENUM ('products', 'positions', 'storeConfig', 'availability', 'tasks');
CREATE TYPE inbound_kind AS ENUM ('erp', 'wms', 'other');
CREATE TYPE inbound_state AS ENUM ('active', 'paused', 'ended');
CREATE TYPE message_form AS ENUM ('standard', 'cloudEvents', 'cloudEventsBinary');
CREATE TYPE order_state AS ENUM ('received', 'validated', 'allocated', 'posted', 'released', 'picking', 'ready', 'shipped', 'completed', 'cancelled', 'returned');
CREATE TYPE outbox_state AS ENUM ('waiting', 'sending', 'delivered', 'dead');
CREATE TYPE product_field AS ENUM ('name', 'gtin', 'category', 'price', 'deleted');
CREATE TYPE receiver_kind AS ENUM ('webhook', 'nats');
CREATE TYPE recompute_kind AS ENUM ('rules', 'silence', 'demand');
CREATE TYPE reservation_move AS ENUM ('reserved', 'released', 'expired', 'fulfilled', 'handedOver', 'takenBack', 'movedAway', 'movedHere');
CREATE TYPE reservation_state AS ENUM ('pending', 'confirmed', 'fulfilled', 'released', 'expired');
CREATE TYPE rule_kind AS ENUM ('safetyStock', 'limit', 'exclusive', 'shared');
CREATE TYPE run_state AS ENUM ('waiting', 'running', 'done', 'failed');
CREATE TYPE stock_condition AS ENUM ('sellable', 'damaged', 'quarantined');
CREATE TYPE webhook_state AS ENUM ('active', 'paused', 'ended');
CREATE TYPE what_if_state AS ENUM ('waiting', 'running', 'done', 'failed', 'cancelled');

CREATE OR REPLACE FUNCTION public.fold_counts(moved bigint[], counted bigint[], decisions count_decision[], units bigint[], percents integer[])
 RETURNS TABLE(place integer, expected bigint, held boolean)
 LANGUAGE plpgsql
 IMMUTABLE ROWS 5
AS $function$
DECLARE
  book bigint := 0;
  anchored boolean := false;
BEGIN
  FOR n IN 1 .. coalesce(cardinality(counted), 0) LOOP
    place := n;
    expected := book + moved[n];
    held := CASE
      WHEN decisions[n] IS NOT NULL THEN decisions[n] = 'rejected'
      WHEN NOT anchored OR (units[n] IS NULL AND percents[n] IS NULL) THEN false
      ELSE (units[n] IS NULL OR abs(counted[n] - expected) > units[n])
        AND (percents[n] IS NULL OR abs(counted[n] - expected) * 100 > percents[n] * abs(expected))
    END;
    anchored := anchored OR NOT held;
    book := CASE WHEN held THEN expected ELSE counted[n] END;
    RETURN NEXT;
  END LOOP;
END $function$;

CREATE OR REPLACE FUNCTION public.refuse_rewrite()
 RETURNS trigger
 LANGUAGE plpgsql
AS $function$
BEGIN
  RAISE EXCEPTION '% is history: it is added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $function$;

CREATE OR REPLACE FUNCTION public.seq_held_at(location integer, journal integer, instant timestamp with time zone)
 RETURNS bigint
 LANGUAGE plpgsql
 STABLE
AS $function$
DECLARE
  low bigint := 0;
  high bigint;
  middle bigint;
  near record;
BEGIN
  SELECT watermark INTO high FROM journals WHERE journal_no = journal;
  middle := high;
  -- low was held by then, and what lies behind high was not.
  WHILE low < high LOOP
    SELECT seq, arrived_at INTO near FROM (
      (SELECT f.seq, coalesce(q.received_at, f.received_at) AS arrived_at
        FROM facts f LEFT JOIN quarantine q ON q.journal_no = f.journal_no AND q.seq = f.seq
        WHERE f.location_no = location AND f.journal_no = journal AND f.seq > low AND f.seq <= middle
        ORDER BY f.seq DESC LIMIT 1)
      UNION ALL
      (SELECT q.seq, q.received_at FROM quarantine q
        WHERE q.journal_no = journal AND q.seq > low AND q.seq <= middle ORDER BY q.seq DESC LIMIT 1)
    ) AS both_kinds
    ORDER BY seq DESC LIMIT 1;
    IF near.seq IS NULL OR near.arrived_at <= instant THEN
      low := middle;
    ELSE
      high := near.seq - 1;
    END IF;
    middle := (low + high + 1) / 2;
  END LOOP;
  RETURN low;
END $function$;

CREATE TABLE api_acts (
  api_key text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  run uuid NOT NULL,
  begun_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  status smallint,
  answer bytea,
  CONSTRAINT api_acts_pkey PRIMARY KEY (api_key, idempotency_key),
  CONSTRAINT api_acts_check CHECK (((status IS NULL) = (answer IS NULL)))
);

CREATE TABLE api_keys (
  key_hash bytea NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  revoked_at timestamp with time zone,
  scopes text[] NOT NULL,
  per_second integer DEFAULT 100 NOT NULL,
  CONSTRAINT api_keys_pkey PRIMARY KEY (key_hash),
  CONSTRAINT api_keys_name_key UNIQUE (name),
  CONSTRAINT api_keys_per_second_check CHECK ((per_second > 0)),
  CONSTRAINT api_keys_scopes_check CHECK ((cardinality(scopes) > 0))
);

CREATE TABLE availability (
  sku text COLLATE "C" NOT NULL,
  pool bigint[] DEFAULT '{}'::bigint[] NOT NULL,
  ats integer[] DEFAULT '{}'::integer[] NOT NULL,
  holdback integer[],
  cap integer[],
  min_publish integer[],
  inbound bigint[],
  inbound_as_of bigint,
  inbound_until bigint,
  allocations smallint DEFAULT 0 NOT NULL,
  rule_set_no integer,
  category text COLLATE "C",
  reserved bigint DEFAULT 0 NOT NULL,
  CONSTRAINT availability_pkey PRIMARY KEY (sku),
  CONSTRAINT availability_reserved_check CHECK ((reserved >= 0))
) WITH (fillfactor=75);

CREATE TABLE changes (
  topic feed_topic NOT NULL,
  scope integer NOT NULL,
  "position" xid8 DEFAULT pg_current_xact_id() NOT NULL,
  changed_at timestamp with time zone DEFAULT now() NOT NULL,
  keys text[] COLLATE "C" NOT NULL
);

CREATE TABLE channel_accounts (
  account_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  channel_no smallint NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  base_url text NOT NULL,
  settings json NOT NULL,
  credentials bytea,
  credentials_no integer DEFAULT 1 NOT NULL,
  counts_down boolean NOT NULL,
  state channel_account_state DEFAULT 'active'::channel_account_state NOT NULL,
  dry_run boolean NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  listings_of integer,
  listings_read boolean DEFAULT false NOT NULL,
  quota json,
  failures integer DEFAULT 0 NOT NULL,
  error json,
  answered_at timestamp with time zone,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  claim uuid,
  claimed_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  orders_at timestamp with time zone,
  orders_known_to timestamp with time zone,
  orders_page json,
  overwrites boolean DEFAULT false NOT NULL,
  CONSTRAINT channel_accounts_pkey PRIMARY KEY (account_no),
  CONSTRAINT channel_accounts_check CHECK (((credentials IS NOT NULL) OR (state = 'ended'::channel_account_state)))
) WITH (fillfactor=50);

CREATE TABLE channel_hints (
  account_no integer NOT NULL,
  id text COLLATE "C" NOT NULL,
  hinted_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  error json,
  due_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  tries integer DEFAULT 0 NOT NULL,
  content text,
  lines json,
  aside_at timestamp with time zone,
  hold_key text COLLATE "C",
  held json,
  dismissed_at timestamp with time zone,
  dismissed_by text,
  note text,
  CONSTRAINT channel_hints_pkey PRIMARY KEY (account_no, id)
);

CREATE TABLE channel_locations (
  channel_code text COLLATE "C" NOT NULL,
  location_no integer NOT NULL,
  CONSTRAINT channel_locations_pkey PRIMARY KEY (channel_code, location_no)
);

CREATE TABLE channel_messages (
  account_no integer NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT channel_messages_pkey PRIMARY KEY (account_no, message_id)
);

CREATE TABLE channels (
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  channel_no smallint GENERATED ALWAYS AS IDENTITY NOT NULL,
  removed_at timestamp with time zone,
  CONSTRAINT channels_pkey PRIMARY KEY (code),
  CONSTRAINT channels_channel_no_key UNIQUE (channel_no)
);

CREATE TABLE comparison_lines (
  run_no bigint NOT NULL,
  location text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  ours double precision,
  theirs double precision NOT NULL,
  read_at timestamp with time zone NOT NULL,
  doubt text
);

CREATE TABLE comparison_runs (
  run_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  comparison_no integer NOT NULL,
  asked_by text NOT NULL,
  asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  state run_state DEFAULT 'waiting'::run_state NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  claim uuid,
  claimed_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  began_at timestamp with time zone,
  phase text,
  lines_read bigint DEFAULT 0 NOT NULL,
  finished_at timestamp with time zone,
  compared bigint DEFAULT 0 NOT NULL,
  differing bigint DEFAULT 0 NOT NULL,
  in_flight bigint DEFAULT 0 NOT NULL,
  unposted bigint DEFAULT 0 NOT NULL,
  unknown bigint DEFAULT 0 NOT NULL,
  units double precision DEFAULT 0 NOT NULL,
  value_minor bigint DEFAULT 0 NOT NULL,
  opened bigint DEFAULT 0 NOT NULL,
  gone bigint DEFAULT 0 NOT NULL,
  corrected bigint DEFAULT 0 NOT NULL,
  held_back bigint DEFAULT 0 NOT NULL,
  unmapped bigint DEFAULT 0 NOT NULL,
  silent bigint DEFAULT 0 NOT NULL,
  left_out bigint DEFAULT 0 NOT NULL,
  error json,
  CONSTRAINT comparison_runs_pkey PRIMARY KEY (run_no)
) WITH (fillfactor=50);

CREATE TABLE comparisons (
  comparison_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  side comparison_side NOT NULL,
  settings json NOT NULL,
  schedule json,
  correct json NOT NULL,
  enabled boolean NOT NULL,
  next_at timestamp with time zone,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  CONSTRAINT comparisons_pkey PRIMARY KEY (comparison_no),
  CONSTRAINT comparisons_code_key UNIQUE (code)
);

CREATE TABLE count_decisions (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  decision count_decision NOT NULL,
  decided_by text NOT NULL,
  note text NOT NULL,
  decided_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT count_decisions_pkey PRIMARY KEY (location_no, sku, at, journal_no, seq)
);

CREATE TABLE count_limits (
  location_no integer NOT NULL,
  from_at bigint NOT NULL,
  units bigint,
  percent integer,
  set_by text NOT NULL,
  set_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT count_limits_pkey PRIMARY KEY (location_no, from_at),
  CONSTRAINT count_limits_percent_check CHECK ((percent >= 0)),
  CONSTRAINT count_limits_units_check CHECK ((units >= 0))
);

CREATE TABLE counts (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  counted bigint NOT NULL,
  expected bigint DEFAULT 0 NOT NULL,
  voided boolean DEFAULT false NOT NULL,
  variance bigint GENERATED ALWAYS AS ((counted - expected)) STORED,
  held boolean DEFAULT false NOT NULL,
  CONSTRAINT counts_pkey PRIMARY KEY (location_no, sku, at, journal_no, seq)
);

CREATE TABLE day_totals (
  location_no integer NOT NULL,
  business_day date NOT NULL,
  till text COLLATE "C" NOT NULL,
  currency text NOT NULL,
  sales_minor bigint NOT NULL,
  returns_minor bigint NOT NULL,
  sold_units bigint,
  returned_units bigint,
  stated_by text NOT NULL,
  stated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT day_totals_pkey PRIMARY KEY (location_no, business_day, till, currency)
);

CREATE TABLE demand (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units double precision NOT NULL,
  squares double precision NOT NULL,
  first_at bigint NOT NULL,
  sold bigint DEFAULT 0 NOT NULL,
  CONSTRAINT demand_pkey PRIMARY KEY (location_no, sku)
) WITH (fillfactor=80);

CREATE TABLE demand_hours (
  location_no integer NOT NULL,
  hour smallint NOT NULL,
  sales double precision NOT NULL,
  CONSTRAINT demand_hours_pkey PRIMARY KEY (location_no, hour)
);

CREATE TABLE demand_marks (
  journal_no integer NOT NULL,
  run_no integer NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT demand_marks_pkey PRIMARY KEY (journal_no, run_no)
);

CREATE TABLE demand_past (
  sku text COLLATE "C" NOT NULL,
  location_no integer NOT NULL,
  run_no integer NOT NULL,
  units double precision NOT NULL,
  squares double precision NOT NULL,
  first_at bigint NOT NULL,
  sold bigint NOT NULL,
  CONSTRAINT demand_past_pkey PRIMARY KEY (sku, location_no, run_no)
);

CREATE TABLE demand_priors (
  run_no integer NOT NULL,
  category text COLLATE "C" NOT NULL,
  location_no integer DEFAULT 0 NOT NULL,
  rate_per_hour double precision NOT NULL,
  dispersion double precision NOT NULL,
  CONSTRAINT demand_priors_pkey PRIMARY KEY (run_no, category, location_no)
);

CREATE TABLE demand_released (
  quarantine_no bigint NOT NULL,
  run_no integer NOT NULL,
  CONSTRAINT demand_released_pkey PRIMARY KEY (quarantine_no)
);

CREATE TABLE demand_runs (
  run_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  ran_at timestamp with time zone DEFAULT now() NOT NULL,
  seen_at bigint NOT NULL,
  CONSTRAINT demand_runs_pkey PRIMARY KEY (run_no)
);

CREATE TABLE demand_skus (
  sku text COLLATE "C" NOT NULL,
  units double precision NOT NULL,
  squares double precision NOT NULL,
  shelves integer NOT NULL,
  firsts double precision NOT NULL,
  CONSTRAINT demand_skus_pkey PRIMARY KEY (sku)
) WITH (fillfactor=80);

CREATE TABLE device_status (
  device_no integer NOT NULL,
  connected_at timestamp with time zone,
  disconnected_at timestamp with time zone,
  reported_at timestamp with time zone,
  last_seq bigint,
  backlog bigint,
  oldest_unsent_at bigint,
  quarantined bigint,
  clock_offset_ms bigint,
  agent_version text,
  protocol integer,
  CONSTRAINT device_status_pkey PRIMARY KEY (device_no)
) WITH (fillfactor=50);

CREATE TABLE devices (
  device_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  location_no integer NOT NULL,
  name text NOT NULL,
  public_key bytea,
  enrolled_at timestamp with time zone DEFAULT now() NOT NULL,
  revoked_at timestamp with time zone,
  revoked_reason text,
  source_no integer,
  by_hub boolean DEFAULT false NOT NULL,
  CONSTRAINT devices_pkey PRIMARY KEY (device_no),
  CONSTRAINT devices_public_key_key UNIQUE (public_key),
  CONSTRAINT devices_check CHECK (((source_no IS NULL) = (public_key IS NOT NULL))),
  CONSTRAINT devices_public_key_check CHECK ((length(public_key) = 32))
);

CREATE TABLE differences (
  difference_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  comparison_no integer NOT NULL,
  location text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  measure text NOT NULL,
  ours double precision NOT NULL,
  theirs double precision NOT NULL,
  difference double precision GENERATED ALWAYS AS ((ours - theirs)) STORED NOT NULL,
  unexplained double precision NOT NULL,
  value_minor bigint,
  currency text,
  cause difference_cause NOT NULL,
  evidence json,
  state difference_state NOT NULL,
  first_seen_at timestamp with time zone NOT NULL,
  last_seen_at timestamp with time zone NOT NULL,
  first_run bigint NOT NULL,
  last_run bigint NOT NULL,
  seen integer DEFAULT 1 NOT NULL,
  same_seen integer DEFAULT 1 NOT NULL,
  decided_by text,
  decided_at timestamp with time zone,
  note text,
  correction json,
  corrected_at timestamp with time zone,
  ended_at timestamp with time zone,
  CONSTRAINT differences_pkey PRIMARY KEY (difference_no),
  CONSTRAINT differences_measure_check CHECK ((measure = ANY (ARRAY['units'::text, 'money'::text])))
) WITH (fillfactor=60);

CREATE TABLE document_entries (
  entry_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  location_no integer,
  journal_no integer,
  from_seq bigint,
  to_seq bigint,
  skus text[] COLLATE "C",
  order_no bigint,
  kind text,
  content json,
  correlation_id text,
  at bigint,
  transfer_no bigint,
  CONSTRAINT document_entries_pkey PRIMARY KEY (entry_no),
  CONSTRAINT document_entries_check CHECK (((((((journal_no IS NOT NULL))::integer + ((skus IS NOT NULL))::integer) + ((order_no IS NOT NULL))::integer) + ((transfer_no IS NOT NULL))::integer) = 1))
);

CREATE TABLE enrolment_tokens (
  token_hash bytea NOT NULL,
  location_no integer NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  expires_at timestamp with time zone NOT NULL,
  used_at timestamp with time zone,
  device_no integer,
  CONSTRAINT enrolment_tokens_pkey PRIMARY KEY (token_hash)
);

CREATE TABLE erp_acknowledgements (
  erp_no integer NOT NULL,
  digest text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  content text NOT NULL,
  problem text,
  read_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT erp_acknowledgements_pkey PRIMARY KEY (erp_no, digest)
);

CREATE TABLE erp_documents (
  document_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  erp_no integer NOT NULL,
  stream text COLLATE "C" NOT NULL,
  key text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  location_no integer,
  journal_no integer,
  seq bigint,
  voids text COLLATE "C",
  content json,
  correlation_id text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  urgency smallint NOT NULL,
  made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  state document_state DEFAULT 'waiting'::document_state NOT NULL,
  begun boolean DEFAULT false NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  error json,
  reference text,
  mapping integer,
  ended_at timestamp with time zone,
  control_number integer,
  acknowledgement json,
  acknowledged_at timestamp with time zone,
  begun_by integer[] DEFAULT '{}'::integer[] NOT NULL,
  CONSTRAINT erp_documents_pkey PRIMARY KEY (document_no),
  CONSTRAINT erp_documents_erp_no_key_key UNIQUE (erp_no, key),
  CONSTRAINT erp_documents_check CHECK (((state <> ALL (ARRAY['dead'::document_state, 'skipped'::document_state])) OR (error IS NOT NULL)))
) WITH (fillfactor=75);

CREATE TABLE erp_mappings (
  erp_no integer NOT NULL,
  version integer NOT NULL,
  document json NOT NULL,
  note text,
  made_at timestamp with time zone DEFAULT now() NOT NULL,
  made_by text NOT NULL,
  CONSTRAINT erp_mappings_pkey PRIMARY KEY (erp_no, version)
);

CREATE TABLE erp_routes (
  erp_no integer NOT NULL,
  route_no integer NOT NULL,
  kinds text[] NOT NULL,
  stores text[] COLLATE "C",
  from_at bigint NOT NULL,
  until_at bigint NOT NULL,
  CONSTRAINT erp_routes_pkey PRIMARY KEY (erp_no, route_no)
);

CREATE TABLE erp_streams (
  erp_no integer NOT NULL,
  stream text COLLATE "C" NOT NULL,
  last_document bigint NOT NULL,
  last_urgent bigint DEFAULT 0 NOT NULL,
  last_high bigint DEFAULT 0 NOT NULL,
  done_document bigint DEFAULT 0 NOT NULL,
  urgency smallint GENERATED ALWAYS AS (
CASE
    WHEN (last_urgent > done_document) THEN 0
    WHEN (last_high > done_document) THEN 1
    ELSE 2
END) STORED,
  waiting_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  next_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  claim uuid,
  claimed_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  CONSTRAINT erp_streams_pkey PRIMARY KEY (erp_no, stream)
) WITH (fillfactor=50);

CREATE TABLE erp_turns (
  claim uuid NOT NULL,
  erp_no integer NOT NULL,
  ends_at timestamp with time zone NOT NULL,
  CONSTRAINT erp_turns_pkey PRIMARY KEY (claim)
);

CREATE TABLE erps (
  erp_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  code text COLLATE "C" NOT NULL,
  kind text NOT NULL,
  name text NOT NULL,
  settings json NOT NULL,
  credentials bytea,
  pace json NOT NULL,
  state erp_state DEFAULT 'active'::erp_state NOT NULL,
  mapping integer DEFAULT 0 NOT NULL,
  revision integer DEFAULT 1 NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  error json,
  posted_at timestamp with time zone,
  next_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  paced_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  control_number integer DEFAULT 0 NOT NULL,
  CONSTRAINT erps_pkey PRIMARY KEY (erp_no),
  CONSTRAINT erps_code_key UNIQUE (code)
) WITH (fillfactor=50);

CREATE TABLE explained_past (
  singleton boolean DEFAULT true NOT NULL,
  since timestamp with time zone NOT NULL,
  CONSTRAINT explained_past_pkey PRIMARY KEY (singleton),
  CONSTRAINT explained_past_singleton_check CHECK (singleton)
);

CREATE TABLE facts (
  location_no integer NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  offset_ms bigint NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  digest uuid NOT NULL,
  kind fact_kind NOT NULL,
  key text COLLATE "C" NOT NULL,
  correlation_id text COLLATE "C",
  source text NOT NULL,
  body text NOT NULL,
  CONSTRAINT facts_pkey PRIMARY KEY (location_no, journal_no, seq),
  CONSTRAINT facts_location_no_key_key UNIQUE (location_no, key)
);

CREATE TABLE feed_state (
  singleton boolean DEFAULT true NOT NULL,
  generation uuid DEFAULT gen_random_uuid() NOT NULL,
  floor xid8 DEFAULT '0'::xid8 NOT NULL,
  CONSTRAINT feed_state_pkey PRIMARY KEY (singleton),
  CONSTRAINT feed_state_singleton_check CHECK (singleton)
);

CREATE TABLE inbound_files (
  source_no integer NOT NULL,
  sha256 text COLLATE "C" NOT NULL,
  mapping text COLLATE "C" NOT NULL,
  name text NOT NULL,
  report json NOT NULL,
  finished_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT inbound_files_pkey PRIMARY KEY (source_no, sha256, mapping)
);

CREATE TABLE inbound_looks (
  look_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  sku text COLLATE "C" NOT NULL,
  looked_at timestamp with time zone NOT NULL,
  as_of bigint NOT NULL,
  CONSTRAINT inbound_looks_pkey PRIMARY KEY (look_no)
);

CREATE TABLE inbound_messages (
  source_no integer NOT NULL,
  message_id text COLLATE "C" NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT inbound_messages_pkey PRIMARY KEY (source_no, message_id)
);

CREATE TABLE inbound_rejects (
  reject_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  source_no integer NOT NULL,
  digest uuid NOT NULL,
  way text NOT NULL,
  line integer,
  code text NOT NULL,
  detail text NOT NULL,
  verbatim bytea NOT NULL,
  times integer DEFAULT 1 NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  last_at timestamp with time zone DEFAULT now() NOT NULL,
  dismissed_at timestamp with time zone,
  dismissed_by text,
  note text,
  CONSTRAINT inbound_rejects_pkey PRIMARY KEY (reject_no),
  CONSTRAINT inbound_rejects_source_no_digest_key UNIQUE (source_no, digest)
);

CREATE TABLE inbound_sources (
  source_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  code text COLLATE "C" NOT NULL,
  kind inbound_kind NOT NULL,
  name text NOT NULL,
  settings json NOT NULL,
  secrets bytea,
  state inbound_state DEFAULT 'active'::inbound_state NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  heard_at timestamp with time zone,
  folder_claim uuid,
  folder_claimed_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  CONSTRAINT inbound_sources_pkey PRIMARY KEY (source_no),
  CONSTRAINT inbound_sources_code_key UNIQUE (code),
  CONSTRAINT inbound_sources_check CHECK (((secrets IS NOT NULL) OR (state = 'ended'::inbound_state)))
) WITH (fillfactor=50);

CREATE TABLE journals (
  journal_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  device_no integer NOT NULL,
  epoch bigint NOT NULL,
  location_no integer NOT NULL,
  watermark bigint DEFAULT 0 NOT NULL,
  advanced_at timestamp with time zone,
  begun_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT journals_pkey PRIMARY KEY (journal_no),
  CONSTRAINT journals_device_no_epoch_key UNIQUE (device_no, epoch)
) WITH (fillfactor=50);

CREATE TABLE lag_thresholds (
  epsilon double precision NOT NULL,
  class integer NOT NULL,
  thresholds double precision[] NOT NULL,
  CONSTRAINT lag_thresholds_pkey PRIMARY KEY (epsilon, class)
);

CREATE TABLE listings (
  channel_no smallint NOT NULL,
  channel_sku text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  CONSTRAINT listings_pkey PRIMARY KEY (channel_no, channel_sku)
);

CREATE TABLE location_silence (
  silence_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  location_no integer NOT NULL,
  since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  as_of bigint,
  step_ms bigint NOT NULL,
  exposure_hours double precision NOT NULL,
  watermarks jsonb NOT NULL,
  CONSTRAINT location_silence_pkey PRIMARY KEY (silence_no)
);

CREATE TABLE locations (
  location_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  code text COLLATE "C" NOT NULL,
  name text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT locations_pkey PRIMARY KEY (location_no),
  CONSTRAINT locations_code_key UNIQUE (code)
);

CREATE TABLE movements (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  line smallint NOT NULL,
  reversal boolean DEFAULT false NOT NULL,
  condition stock_condition NOT NULL,
  quantity integer NOT NULL,
  CONSTRAINT movements_pkey PRIMARY KEY (location_no, sku, at, journal_no, seq, line, reversal)
);

CREATE TABLE order_conflicts (
  order_no bigint NOT NULL,
  digest bytea NOT NULL,
  content json NOT NULL,
  received_at timestamp with time zone NOT NULL,
  received_by text NOT NULL,
  CONSTRAINT order_conflicts_pkey PRIMARY KEY (order_no, digest),
  CONSTRAINT order_conflicts_digest_check CHECK ((length(digest) = 32))
);

CREATE TABLE order_customers (
  order_no bigint NOT NULL,
  channel text COLLATE "C" NOT NULL,
  reference text COLLATE "C" NOT NULL,
  contact json,
  digest bytea NOT NULL,
  retain_until timestamp with time zone NOT NULL,
  CONSTRAINT order_customers_pkey PRIMARY KEY (order_no),
  CONSTRAINT order_customers_digest_check CHECK ((length(digest) = 32))
);

CREATE TABLE order_edits (
  order_no bigint NOT NULL,
  edit_no integer NOT NULL,
  digest bytea NOT NULL,
  version bigint,
  content json NOT NULL,
  received_at timestamp with time zone NOT NULL,
  received_by text NOT NULL,
  CONSTRAINT order_edits_pkey PRIMARY KEY (order_no, edit_no),
  CONSTRAINT order_edits_digest_check CHECK ((length(digest) = 32))
);

CREATE TABLE order_effects (
  effect_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  order_no bigint NOT NULL,
  stream text NOT NULL,
  kind text NOT NULL,
  detail json NOT NULL,
  created_at timestamp with time zone NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  retry_at timestamp with time zone NOT NULL,
  plan json,
  error json,
  done_at timestamp with time zone,
  done_by text,
  channel text COLLATE "C",
  CONSTRAINT order_effects_pkey PRIMARY KEY (effect_no),
  CONSTRAINT order_effects_stream_check CHECK ((stream = ANY (ARRAY['holds'::text, 'erp'::text, 'channel'::text])))
) WITH (fillfactor=50);

CREATE TABLE order_events (
  order_no bigint NOT NULL,
  event_no integer NOT NULL,
  at timestamp with time zone NOT NULL,
  act text NOT NULL,
  detail json NOT NULL,
  steps json NOT NULL,
  refused text,
  said_by text NOT NULL,
  correlation_id text NOT NULL,
  key text COLLATE "C",
  CONSTRAINT order_events_pkey PRIMARY KEY (order_no, event_no)
);

CREATE TABLE order_holds (
  reservation_no bigint NOT NULL,
  reservation_line smallint NOT NULL,
  order_no bigint NOT NULL,
  line text NOT NULL,
  location text COLLATE "C" NOT NULL,
  units integer NOT NULL,
  released integer DEFAULT 0 NOT NULL,
  handed integer DEFAULT 0 NOT NULL,
  confirmed_at timestamp with time zone,
  substitute text COLLATE "C",
  CONSTRAINT order_holds_pkey PRIMARY KEY (reservation_no, reservation_line, location),
  CONSTRAINT order_holds_check CHECK (((released + handed) <= units)),
  CONSTRAINT order_holds_handed_check CHECK ((handed >= 0)),
  CONSTRAINT order_holds_released_check CHECK ((released >= 0)),
  CONSTRAINT order_holds_units_check CHECK ((units > 0))
);

CREATE TABLE order_parcels (
  location text COLLATE "C" NOT NULL,
  asked_at timestamp with time zone NOT NULL,
  order_no bigint NOT NULL,
  CONSTRAINT order_parcels_pkey PRIMARY KEY (order_no, location)
);

CREATE TABLE orders (
  order_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  channel text COLLATE "C" NOT NULL,
  channel_order_id text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  content json NOT NULL,
  state order_state DEFAULT 'received'::order_state NOT NULL,
  payment text NOT NULL,
  lane smallint NOT NULL,
  lines json NOT NULL,
  skus json DEFAULT '{}'::json NOT NULL,
  avoid json DEFAULT '[]'::json NOT NULL,
  refunded_minor bigint DEFAULT 0 NOT NULL,
  events integer DEFAULT 0 NOT NULL,
  problem json,
  received_at timestamp with time zone NOT NULL,
  entered_at timestamp with time zone NOT NULL,
  due_at timestamp with time zone,
  look_again_at timestamp with time zone,
  correlation_id text NOT NULL,
  version bigint,
  CONSTRAINT orders_pkey PRIMARY KEY (order_no),
  CONSTRAINT orders_by_channel_order_id UNIQUE (channel_order_id, channel),
  CONSTRAINT orders_digest_check CHECK ((length(digest) = 32)),
  CONSTRAINT orders_payment_check CHECK ((payment = ANY (ARRAY['pending'::text, 'paid'::text, 'onHandover'::text, 'failed'::text]))),
  CONSTRAINT orders_refunded_minor_check CHECK ((refunded_minor >= 0))
) WITH (fillfactor=50);

CREATE TABLE outbox_checkpoints (
  reader text COLLATE "C" NOT NULL,
  generation uuid NOT NULL,
  "position" xid8 NOT NULL,
  after_key text COLLATE "C",
  scanning boolean NOT NULL,
  CONSTRAINT outbox_checkpoints_pkey PRIMARY KEY (reader)
);

CREATE TABLE outbox_entries (
  entry_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  webhook_no integer NOT NULL,
  message_id text COLLATE "C" DEFAULT ('msg_'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
  type text COLLATE "C" NOT NULL,
  data json NOT NULL,
  subjects text[],
  correlation_id text NOT NULL,
  occurred_at timestamp with time zone NOT NULL,
  waiting_since timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  state outbox_state DEFAULT 'waiting'::outbox_state NOT NULL,
  sequence bigint,
  attempts integer DEFAULT 0 NOT NULL,
  error json,
  ended_at timestamp with time zone,
  subject text COLLATE "C",
  CONSTRAINT outbox_entries_pkey PRIMARY KEY (entry_no),
  CONSTRAINT outbox_entries_message_id_key UNIQUE (message_id),
  CONSTRAINT outbox_entries_check CHECK (((state <> 'dead'::outbox_state) OR (error IS NOT NULL)))
) WITH (fillfactor=75);

CREATE TABLE positions (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  on_hand bigint DEFAULT 0 NOT NULL,
  damaged bigint DEFAULT 0 NOT NULL,
  quarantined bigint DEFAULT 0 NOT NULL,
  anchor_at bigint,
  anchor_journal integer,
  anchor_seq bigint,
  anchor_quantity bigint,
  held boolean DEFAULT false NOT NULL,
  born_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT positions_pkey PRIMARY KEY (location_no, sku)
) WITH (fillfactor=50);

CREATE TABLE product_rule_versions (
  version integer NOT NULL,
  rules json NOT NULL,
  applied_at timestamp with time zone DEFAULT now() NOT NULL,
  applied_by text NOT NULL,
  note text,
  after_sku text COLLATE "C" DEFAULT ''::text NOT NULL,
  weighed_at timestamp with time zone,
  CONSTRAINT product_rule_versions_pkey PRIMARY KEY (version),
  CONSTRAINT product_rule_versions_version_check CHECK ((version > 0))
);

CREATE TABLE product_statements (
  statement_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  sku text COLLATE "C" NOT NULL,
  field product_field NOT NULL,
  source_no integer NOT NULL,
  value text,
  said_at bigint NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  is_current boolean DEFAULT true NOT NULL,
  CONSTRAINT product_statements_pkey PRIMARY KEY (statement_no)
);

CREATE TABLE products (
  sku text COLLATE "C" NOT NULL,
  name text NOT NULL,
  gtin text,
  deleted boolean DEFAULT false NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  category text COLLATE "C",
  price_minor bigint,
  currency text,
  CONSTRAINT products_pkey PRIMARY KEY (sku),
  CONSTRAINT products_check CHECK ((((price_minor IS NULL) = (currency IS NULL)) AND (price_minor >= 0)))
);

CREATE TABLE publication_calls (
  call_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  account_no integer NOT NULL,
  key uuid DEFAULT gen_random_uuid() NOT NULL,
  shape text NOT NULL,
  items json NOT NULL,
  begun_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  attempts integer DEFAULT 0 NOT NULL,
  ended_at timestamp with time zone,
  ticket text,
  ask_at timestamp with time zone,
  outcomes json,
  CONSTRAINT publication_calls_pkey PRIMARY KEY (call_no)
) WITH (fillfactor=75);

CREATE TABLE publications (
  account_no integer NOT NULL,
  channel_sku text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  listed boolean DEFAULT true NOT NULL,
  reference text,
  desired integer NOT NULL,
  desired_at timestamp with time zone NOT NULL,
  confirmed integer,
  confirmed_at timestamp with time zone,
  basis json,
  in_flight integer DEFAULT 0 NOT NULL,
  in_flight_since timestamp with time zone,
  must_read boolean NOT NULL,
  version integer DEFAULT 0 NOT NULL,
  urgency real DEFAULT 0 NOT NULL,
  waits_since timestamp with time zone,
  due_at timestamp with time zone,
  call_no bigint,
  ordered_in_call integer DEFAULT 0 NOT NULL,
  in_doubt integer,
  company integer,
  attempts integer DEFAULT 0 NOT NULL,
  error json,
  parked_at timestamp with time zone,
  read_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  drift integer,
  drift_at timestamp with time zone,
  later_call bigint,
  later_quantity integer,
  read_after boolean DEFAULT false NOT NULL,
  settles_at timestamp with time zone,
  changes_left real,
  changes_at timestamp with time zone,
  last_call bigint,
  passing jsonb,
  hinted boolean DEFAULT false NOT NULL,
  hinted_says integer,
  applied_by timestamp with time zone,
  CONSTRAINT publications_pkey PRIMARY KEY (account_no, channel_sku),
  CONSTRAINT publications_desired_check CHECK ((desired >= 0)),
  CONSTRAINT publications_in_flight_check CHECK ((in_flight >= 0))
) WITH (fillfactor=60);

CREATE TABLE quarantine (
  quarantine_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  location_no integer NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  key text COLLATE "C",
  code text NOT NULL,
  detail text NOT NULL,
  protocol_line bytea NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  resolved_at timestamp with time zone,
  resolution text,
  resolved_by text,
  note text,
  CONSTRAINT quarantine_pkey PRIMARY KEY (quarantine_no),
  CONSTRAINT quarantine_journal_no_seq_key UNIQUE (journal_no, seq),
  CONSTRAINT quarantine_resolution_check CHECK ((resolution = ANY (ARRAY['released'::text, 'dismissed'::text])))
);

CREATE TABLE recompute_chunks (
  job_no integer NOT NULL,
  after_sku text COLLATE "C" NOT NULL,
  last_sku text COLLATE "C" NOT NULL,
  skus text[],
  done_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  CONSTRAINT recompute_chunks_pkey PRIMARY KEY (job_no, last_sku)
);

CREATE TABLE recompute_jobs (
  job_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  kind recompute_kind NOT NULL,
  rule_set_no integer,
  silence_no bigint,
  location_no integer,
  seen_at bigint NOT NULL,
  reason text NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  started_at timestamp with time zone,
  finished_at timestamp with time zone,
  superseded boolean DEFAULT false NOT NULL,
  only_behind boolean DEFAULT false NOT NULL,
  chunk_skus integer,
  after_sku text COLLATE "C" DEFAULT ''::text NOT NULL,
  done bigint DEFAULT 0 NOT NULL,
  total bigint,
  attempts integer DEFAULT 0 NOT NULL,
  error text,
  retry_at timestamp with time zone,
  CONSTRAINT recompute_jobs_pkey PRIMARY KEY (job_no)
) WITH (fillfactor=50);

CREATE TABLE reservation_acts (
  reservation_no bigint NOT NULL,
  key text COLLATE "C" NOT NULL,
  digest uuid NOT NULL,
  acted_at bigint NOT NULL,
  answer json NOT NULL,
  CONSTRAINT reservation_acts_pkey PRIMARY KEY (reservation_no, key)
);

CREATE TABLE reservation_handovers (
  location_no integer NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  line smallint NOT NULL,
  at bigint NOT NULL,
  named text COLLATE "C" NOT NULL,
  reservation_no bigint,
  sku text COLLATE "C" NOT NULL,
  units integer NOT NULL,
  voided boolean DEFAULT false NOT NULL,
  code text,
  beyond integer DEFAULT 0 NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT reservation_handovers_pkey PRIMARY KEY (location_no, journal_no, seq, line)
);

CREATE TABLE reservation_holds (
  reservation_no bigint NOT NULL,
  line smallint NOT NULL,
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units integer NOT NULL,
  told integer DEFAULT 0 NOT NULL,
  handed integer DEFAULT 0 NOT NULL,
  held integer NOT NULL,
  short integer DEFAULT 0 NOT NULL,
  CONSTRAINT reservation_holds_pkey PRIMARY KEY (reservation_no, line, location_no),
  CONSTRAINT reservation_holds_check CHECK (((handed >= 0) AND (handed <= units))),
  CONSTRAINT reservation_holds_check1 CHECK (((held >= 0) AND (held <= (units - handed)))),
  CONSTRAINT reservation_holds_short_check CHECK ((short >= 0)),
  CONSTRAINT reservation_holds_told_check CHECK ((told >= 0)),
  CONSTRAINT reservation_holds_units_check CHECK ((units >= 0))
);

CREATE TABLE reservation_moves (
  sku text COLLATE "C" NOT NULL,
  location_no integer NOT NULL,
  moved_at timestamp with time zone NOT NULL,
  reservation_no bigint NOT NULL,
  change integer NOT NULL,
  why reservation_move NOT NULL,
  CONSTRAINT reservation_moves_change_check CHECK ((change <> 0))
);

CREATE TABLE reservation_shortfalls (
  shortfall_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units bigint NOT NULL,
  journal_no integer,
  seq bigint,
  found_at timestamp with time zone DEFAULT now() NOT NULL,
  looked_at timestamp with time zone,
  moved bigint DEFAULT 0 NOT NULL,
  short bigint DEFAULT 0 NOT NULL,
  resolved_at timestamp with time zone,
  CONSTRAINT reservation_shortfalls_pkey PRIMARY KEY (shortfall_no)
);

CREATE TABLE reservations (
  reservation_no bigint GENERATED BY DEFAULT AS IDENTITY NOT NULL,
  key text COLLATE "C" NOT NULL,
  digest uuid NOT NULL,
  channel_no smallint NOT NULL,
  reference text COLLATE "C",
  state reservation_state DEFAULT 'pending'::reservation_state NOT NULL,
  created_at bigint NOT NULL,
  expires_at bigint NOT NULL,
  confirmed_at bigint,
  ended_at bigint,
  answer json NOT NULL,
  CONSTRAINT reservations_pkey PRIMARY KEY (reservation_no),
  CONSTRAINT reservations_key_key UNIQUE (key)
);

CREATE TABLE rule_channels (
  rule_set_no integer NOT NULL,
  slot integer NOT NULL,
  code text COLLATE "C" NOT NULL,
  epsilon double precision NOT NULL,
  holdback integer NOT NULL,
  cap integer,
  min_publish integer NOT NULL,
  inbound_horizon_hours double precision NOT NULL,
  locations integer[] NOT NULL,
  CONSTRAINT rule_channels_pkey PRIMARY KEY (rule_set_no, slot)
);

CREATE TABLE rule_rows (
  rule_set_no integer NOT NULL,
  kind rule_kind NOT NULL,
  product text COLLATE "C" NOT NULL,
  location_no integer NOT NULL,
  slot integer NOT NULL,
  rank integer NOT NULL,
  ordinal integer NOT NULL,
  rule_id text NOT NULL,
  units integer,
  percent double precision,
  holdback integer,
  cap integer,
  min_publish integer
);

CREATE TABLE rule_sets (
  rule_set_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  rules_version integer,
  holds_at bigint NOT NULL,
  slots integer NOT NULL,
  unrecorded_loss double precision NOT NULL,
  transit_hours double precision NOT NULL,
  made_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT rule_sets_pkey PRIMARY KEY (rule_set_no)
);

CREATE TABLE rule_versions (
  version integer NOT NULL,
  document text NOT NULL,
  rules jsonb NOT NULL,
  digest bytea NOT NULL,
  effective_from timestamp with time zone NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  applied_by text NOT NULL,
  note text,
  based_on integer,
  restores integer,
  CONSTRAINT rule_versions_pkey PRIMARY KEY (version),
  CONSTRAINT rule_versions_check CHECK ((effective_from >= applied_at)),
  CONSTRAINT rule_versions_check1 CHECK (((based_on < version) AND (restores < version))),
  CONSTRAINT rule_versions_digest_check CHECK ((length(digest) = 32)),
  CONSTRAINT rule_versions_version_check CHECK ((version > 0))
);

CREATE TABLE rules_shown (
  singleton boolean DEFAULT true NOT NULL,
  version integer,
  shown_at timestamp with time zone,
  CONSTRAINT rules_shown_pkey PRIMARY KEY (singleton),
  CONSTRAINT rules_shown_singleton_check CHECK (singleton)
);

CREATE TABLE schema_migrations (
  number integer NOT NULL,
  name text NOT NULL,
  sha256 text NOT NULL,
  applied_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT schema_migrations_pkey PRIMARY KEY (number)
);

CREATE TABLE settlement_lines (
  settlement_no integer NOT NULL,
  line_no integer NOT NULL,
  transaction_type text NOT NULL,
  order_id text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  quantity integer NOT NULL,
  amount_type text NOT NULL,
  amount_description text NOT NULL,
  amount_minor bigint NOT NULL,
  currency text NOT NULL,
  posted_at timestamp with time zone,
  CONSTRAINT settlement_lines_pkey PRIMARY KEY (settlement_no, line_no)
);

CREATE TABLE settlements (
  settlement_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  channel text COLLATE "C" NOT NULL,
  settlement_id text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  lines integer NOT NULL,
  posted_from timestamp with time zone,
  posted_to timestamp with time zone,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  received_by text NOT NULL,
  CONSTRAINT settlements_pkey PRIMARY KEY (settlement_no),
  CONSTRAINT settlements_channel_settlement_id_key UNIQUE (channel, settlement_id)
);

CREATE TABLE shelf_terms (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  withheld integer[] DEFAULT '{}'::integer[] NOT NULL,
  lag integer[],
  record integer[],
  allocated boolean DEFAULT false NOT NULL,
  exclusive_slot integer[],
  exclusive_units integer[],
  exclusive_before bigint[],
  exclusive_percent double precision[],
  exclusive_total bigint,
  shared_units integer[],
  shared_percent double precision[],
  reserved bigint DEFAULT 0 NOT NULL,
  CONSTRAINT shelf_terms_pkey PRIMARY KEY (sku, location_no),
  CONSTRAINT shelf_terms_reserved_check CHECK ((reserved >= 0))
) WITH (fillfactor=75);

CREATE TABLE sourcing_versions (
  version integer NOT NULL,
  document text NOT NULL,
  rules json NOT NULL,
  applied_at timestamp with time zone NOT NULL,
  applied_by text NOT NULL,
  note text,
  CONSTRAINT sourcing_versions_pkey PRIMARY KEY (version),
  CONSTRAINT sourcing_versions_version_check CHECK ((version > 0))
);

CREATE TABLE stock_statement_heads (
  statement_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  source_no integer NOT NULL,
  location_no integer NOT NULL,
  key text COLLATE "C" NOT NULL,
  as_of bigint NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  digest uuid,
  complete boolean DEFAULT false NOT NULL,
  CONSTRAINT stock_statement_heads_pkey PRIMARY KEY (statement_no),
  CONSTRAINT stock_statement_heads_source_no_location_no_key_key UNIQUE (source_no, location_no, key)
);

CREATE TABLE stock_statement_lines (
  statement_no bigint NOT NULL,
  sku text COLLATE "C" NOT NULL,
  quantity bigint NOT NULL,
  CONSTRAINT stock_statement_lines_pkey PRIMARY KEY (statement_no, sku)
);

CREATE TABLE store_config (
  location_no integer NOT NULL,
  name text COLLATE "C" NOT NULL,
  value jsonb NOT NULL,
  updated_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT store_config_pkey PRIMARY KEY (location_no, name)
);

CREATE TABLE store_view_requests (
  request_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  run_no bigint NOT NULL,
  device_no integer NOT NULL,
  asked_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  next_page integer DEFAULT 0 NOT NULL,
  journal_no integer,
  seq bigint,
  viewed_at timestamp with time zone,
  answered_at timestamp with time zone,
  CONSTRAINT store_view_requests_pkey PRIMARY KEY (request_no)
) WITH (fillfactor=50);

CREATE TABLE task_answers (
  location_no integer NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  named bigint NOT NULL,
  task_no bigint,
  step text NOT NULL,
  reason text,
  lines json NOT NULL,
  voided boolean DEFAULT false NOT NULL,
  applied boolean DEFAULT false NOT NULL,
  received_at timestamp with time zone DEFAULT now() NOT NULL,
  retry_at timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  done_at timestamp with time zone,
  CONSTRAINT task_answers_pkey PRIMARY KEY (location_no, journal_no, seq)
);

CREATE TABLE tasks (
  task_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  order_no bigint NOT NULL,
  location_no integer NOT NULL,
  kind text NOT NULL,
  state text NOT NULL,
  lines json NOT NULL,
  due_at timestamp with time zone,
  accepted_at timestamp with time zone,
  reason text,
  conflict text,
  "position" xid8 DEFAULT pg_current_xact_id() NOT NULL,
  taken_at timestamp with time zone,
  made_at timestamp with time zone NOT NULL,
  ended_at timestamp with time zone,
  forgotten boolean DEFAULT false NOT NULL,
  conflicts integer DEFAULT 0 NOT NULL,
  CONSTRAINT tasks_pkey PRIMARY KEY (task_no),
  CONSTRAINT tasks_order_no_location_no_key UNIQUE (order_no, location_no),
  CONSTRAINT tasks_kind_check CHECK ((kind = ANY (ARRAY['collect'::text, 'ship'::text]))),
  CONSTRAINT tasks_state_check CHECK ((state = ANY (ARRAY['open'::text, 'accepted'::text, 'picking'::text, 'ready'::text, 'handedOver'::text, 'shipped'::text, 'rejected'::text, 'cancelled'::text, 'expired'::text])))
) WITH (fillfactor=50);

CREATE TABLE transfer_entries (
  transfer_no bigint NOT NULL,
  location_no integer NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  line smallint NOT NULL,
  at bigint NOT NULL,
  incoming boolean NOT NULL,
  place text COLLATE "C" NOT NULL,
  final boolean NOT NULL,
  expected_at bigint,
  sku text COLLATE "C",
  quantity integer NOT NULL,
  voided boolean DEFAULT false NOT NULL,
  CONSTRAINT transfer_entries_pkey PRIMARY KEY (transfer_no, location_no, journal_no, seq, line)
);

CREATE TABLE transfer_lines (
  transfer_no bigint NOT NULL,
  sku text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  sent bigint NOT NULL,
  received bigint NOT NULL,
  written_off bigint NOT NULL,
  in_transit bigint NOT NULL,
  discrepancy bigint NOT NULL,
  expected_at bigint,
  left_at bigint,
  CONSTRAINT transfer_lines_pkey PRIMARY KEY (transfer_no, sku, place)
);

CREATE TABLE transfer_settlements (
  settlement_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  transfer_no bigint NOT NULL,
  sku text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  units integer NOT NULL,
  reason text NOT NULL,
  note text NOT NULL,
  settled_by text NOT NULL,
  settled_at timestamp with time zone DEFAULT now() NOT NULL,
  CONSTRAINT transfer_settlements_pkey PRIMARY KEY (settlement_no),
  CONSTRAINT transfer_settlements_units_check CHECK ((units <> 0))
);

CREATE TABLE transfers (
  transfer_no bigint GENERATED ALWAYS AS IDENTITY NOT NULL,
  from_code text COLLATE "C" NOT NULL,
  transfer text COLLATE "C" NOT NULL,
  began_at bigint,
  in_transit bigint DEFAULT 0 NOT NULL,
  discrepancies bigint DEFAULT 0 NOT NULL,
  CONSTRAINT transfers_pkey PRIMARY KEY (transfer_no),
  CONSTRAINT transfers_from_code_transfer_key UNIQUE (from_code, transfer)
);

CREATE TABLE unseen_cancellations (
  channel text COLLATE "C" NOT NULL,
  channel_order_id text COLLATE "C" NOT NULL,
  version bigint,
  cancelled_at timestamp with time zone NOT NULL,
  CONSTRAINT unseen_cancellations_pkey PRIMARY KEY (channel, channel_order_id)
);

CREATE TABLE variances_told (
  location_no integer NOT NULL,
  sku text COLLATE "C" NOT NULL,
  units bigint NOT NULL,
  CONSTRAINT variances_told_pkey PRIMARY KEY (location_no, sku)
) WITH (fillfactor=75);

CREATE TABLE voids (
  location_no integer NOT NULL,
  target_key text COLLATE "C" NOT NULL,
  journal_no integer NOT NULL,
  seq bigint NOT NULL,
  CONSTRAINT voids_pkey PRIMARY KEY (location_no, target_key)
);

CREATE TABLE webhook_levels (
  webhook_no integer NOT NULL,
  type text COLLATE "C" NOT NULL,
  subject text COLLATE "C" NOT NULL,
  item text NOT NULL,
  waiting_since timestamp with time zone,
  sequence bigint,
  CONSTRAINT webhook_levels_pkey PRIMARY KEY (webhook_no, type, subject)
) WITH (fillfactor=75);

CREATE TABLE webhook_secrets (
  webhook_no integer NOT NULL,
  secret bytea NOT NULL,
  made_at timestamp with time zone DEFAULT clock_timestamp() NOT NULL,
  ends_at timestamp with time zone DEFAULT 'infinity'::timestamp with time zone NOT NULL,
  CONSTRAINT webhook_secrets_pkey PRIMARY KEY (webhook_no, made_at),
  CONSTRAINT webhook_secrets_secret_check CHECK ((length(secret) = 32))
);

CREATE TABLE webhooks (
  webhook_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  name text NOT NULL,
  url text NOT NULL,
  event_types text[] NOT NULL,
  state webhook_state DEFAULT 'active'::webhook_state NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  sequence bigint DEFAULT 0 NOT NULL,
  failures integer DEFAULT 0 NOT NULL,
  error json,
  delivered_at timestamp with time zone,
  next_at timestamp with time zone DEFAULT now() NOT NULL,
  claim uuid,
  claimed_until timestamp with time zone DEFAULT '-infinity'::timestamp with time zone NOT NULL,
  kind receiver_kind DEFAULT 'webhook'::receiver_kind NOT NULL,
  form message_form DEFAULT 'standard'::message_form NOT NULL,
  CONSTRAINT webhooks_pkey PRIMARY KEY (webhook_no),
  CONSTRAINT webhooks_event_types_check CHECK ((cardinality(event_types) > 0))
) WITH (fillfactor=50);

CREATE TABLE what_if_jobs (
  job_no integer GENERATED ALWAYS AS IDENTITY NOT NULL,
  state what_if_state DEFAULT 'waiting'::what_if_state NOT NULL,
  request json NOT NULL,
  created_at timestamp with time zone DEFAULT now() NOT NULL,
  created_by text NOT NULL,
  run integer DEFAULT 0 NOT NULL,
  lost integer DEFAULT 0 NOT NULL,
  started_at timestamp with time zone,
  beat_at timestamp with time zone,
  phase text,
  progress double precision DEFAULT 0 NOT NULL,
  finished_at timestamp with time zone,
  report json,
  error json,
  CONSTRAINT what_if_jobs_pkey PRIMARY KEY (job_no),
  CONSTRAINT what_if_jobs_check CHECK (((finished_at IS NULL) = (state = ANY (ARRAY['waiting'::what_if_state, 'running'::what_if_state])))),
  CONSTRAINT what_if_jobs_check1 CHECK (((beat_at IS NOT NULL) = (state = 'running'::what_if_state))),
  CONSTRAINT what_if_jobs_check2 CHECK (((report IS NOT NULL) = (state = 'done'::what_if_state))),
  CONSTRAINT what_if_jobs_check3 CHECK (((error IS NOT NULL) = (state = 'failed'::what_if_state))),
  CONSTRAINT what_if_jobs_phase_check CHECK ((phase = ANY (ARRAY['reading'::text, 'replaying'::text]))),
  CONSTRAINT what_if_jobs_progress_check CHECK (((progress >= (0)::double precision) AND (progress <= (1)::double precision)))
) WITH (fillfactor=50);

ALTER TABLE lag_thresholds ALTER COLUMN thresholds SET STORAGE PLAIN;

ALTER TABLE channel_accounts ADD CONSTRAINT channel_accounts_channel_no_fkey FOREIGN KEY (channel_no) REFERENCES channels(channel_no);
ALTER TABLE channel_hints ADD CONSTRAINT channel_hints_account_no_fkey FOREIGN KEY (account_no) REFERENCES channel_accounts(account_no);
ALTER TABLE channel_locations ADD CONSTRAINT channel_locations_channel_code_fkey FOREIGN KEY (channel_code) REFERENCES channels(code) ON DELETE CASCADE;
ALTER TABLE channel_locations ADD CONSTRAINT channel_locations_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE channel_messages ADD CONSTRAINT channel_messages_account_no_fkey FOREIGN KEY (account_no) REFERENCES channel_accounts(account_no);
ALTER TABLE comparison_runs ADD CONSTRAINT comparison_runs_comparison_no_fkey FOREIGN KEY (comparison_no) REFERENCES comparisons(comparison_no);
ALTER TABLE day_totals ADD CONSTRAINT day_totals_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE demand_priors ADD CONSTRAINT demand_priors_run_no_fkey FOREIGN KEY (run_no) REFERENCES demand_runs(run_no);
ALTER TABLE demand_released ADD CONSTRAINT demand_released_quarantine_no_fkey FOREIGN KEY (quarantine_no) REFERENCES quarantine(quarantine_no);
ALTER TABLE device_status ADD CONSTRAINT device_status_device_no_fkey FOREIGN KEY (device_no) REFERENCES devices(device_no);
ALTER TABLE devices ADD CONSTRAINT devices_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE devices ADD CONSTRAINT devices_source_no_fkey FOREIGN KEY (source_no) REFERENCES inbound_sources(source_no);
ALTER TABLE differences ADD CONSTRAINT differences_comparison_no_fkey FOREIGN KEY (comparison_no) REFERENCES comparisons(comparison_no);
ALTER TABLE enrolment_tokens ADD CONSTRAINT enrolment_tokens_device_no_fkey FOREIGN KEY (device_no) REFERENCES devices(device_no);
ALTER TABLE enrolment_tokens ADD CONSTRAINT enrolment_tokens_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE erp_acknowledgements ADD CONSTRAINT erp_acknowledgements_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE erp_documents ADD CONSTRAINT erp_documents_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE erp_mappings ADD CONSTRAINT erp_mappings_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE erp_routes ADD CONSTRAINT erp_routes_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE erp_streams ADD CONSTRAINT erp_streams_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE erp_turns ADD CONSTRAINT erp_turns_erp_no_fkey FOREIGN KEY (erp_no) REFERENCES erps(erp_no);
ALTER TABLE inbound_files ADD CONSTRAINT inbound_files_source_no_fkey FOREIGN KEY (source_no) REFERENCES inbound_sources(source_no);
ALTER TABLE inbound_messages ADD CONSTRAINT inbound_messages_source_no_fkey FOREIGN KEY (source_no) REFERENCES inbound_sources(source_no);
ALTER TABLE inbound_rejects ADD CONSTRAINT inbound_rejects_source_no_fkey FOREIGN KEY (source_no) REFERENCES inbound_sources(source_no);
ALTER TABLE journals ADD CONSTRAINT journals_device_no_fkey FOREIGN KEY (device_no) REFERENCES devices(device_no);
ALTER TABLE journals ADD CONSTRAINT journals_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE listings ADD CONSTRAINT listings_channel_no_fkey FOREIGN KEY (channel_no) REFERENCES channels(channel_no);
ALTER TABLE location_silence ADD CONSTRAINT location_silence_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE order_conflicts ADD CONSTRAINT order_conflicts_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_customers ADD CONSTRAINT order_customers_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_edits ADD CONSTRAINT order_edits_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_effects ADD CONSTRAINT order_effects_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_events ADD CONSTRAINT order_events_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_holds ADD CONSTRAINT order_holds_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE order_parcels ADD CONSTRAINT order_parcels_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE outbox_entries ADD CONSTRAINT outbox_entries_webhook_no_fkey FOREIGN KEY (webhook_no) REFERENCES webhooks(webhook_no);
ALTER TABLE publication_calls ADD CONSTRAINT publication_calls_account_no_fkey FOREIGN KEY (account_no) REFERENCES channel_accounts(account_no);
ALTER TABLE publications ADD CONSTRAINT publications_account_no_fkey FOREIGN KEY (account_no) REFERENCES channel_accounts(account_no);
ALTER TABLE quarantine ADD CONSTRAINT quarantine_journal_no_fkey FOREIGN KEY (journal_no) REFERENCES journals(journal_no);
ALTER TABLE quarantine ADD CONSTRAINT quarantine_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE recompute_chunks ADD CONSTRAINT recompute_chunks_job_no_fkey FOREIGN KEY (job_no) REFERENCES recompute_jobs(job_no);
ALTER TABLE recompute_jobs ADD CONSTRAINT recompute_jobs_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE recompute_jobs ADD CONSTRAINT recompute_jobs_rule_set_no_fkey FOREIGN KEY (rule_set_no) REFERENCES rule_sets(rule_set_no);
ALTER TABLE recompute_jobs ADD CONSTRAINT recompute_jobs_silence_no_fkey FOREIGN KEY (silence_no) REFERENCES location_silence(silence_no);
ALTER TABLE rule_channels ADD CONSTRAINT rule_channels_rule_set_no_fkey FOREIGN KEY (rule_set_no) REFERENCES rule_sets(rule_set_no);
ALTER TABLE rule_rows ADD CONSTRAINT rule_rows_rule_set_no_fkey FOREIGN KEY (rule_set_no) REFERENCES rule_sets(rule_set_no);
ALTER TABLE rule_versions ADD CONSTRAINT rule_versions_based_on_fkey FOREIGN KEY (based_on) REFERENCES rule_versions(version);
ALTER TABLE rule_versions ADD CONSTRAINT rule_versions_restores_fkey FOREIGN KEY (restores) REFERENCES rule_versions(version);
ALTER TABLE rules_shown ADD CONSTRAINT rules_shown_version_fkey FOREIGN KEY (version) REFERENCES rule_versions(version);
ALTER TABLE settlement_lines ADD CONSTRAINT settlement_lines_settlement_no_fkey FOREIGN KEY (settlement_no) REFERENCES settlements(settlement_no);
ALTER TABLE stock_statement_heads ADD CONSTRAINT stock_statement_heads_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE stock_statement_heads ADD CONSTRAINT stock_statement_heads_source_no_fkey FOREIGN KEY (source_no) REFERENCES inbound_sources(source_no);
ALTER TABLE stock_statement_lines ADD CONSTRAINT stock_statement_lines_statement_no_fkey FOREIGN KEY (statement_no) REFERENCES stock_statement_heads(statement_no) ON DELETE CASCADE;
ALTER TABLE store_config ADD CONSTRAINT store_config_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE task_answers ADD CONSTRAINT task_answers_task_no_fkey FOREIGN KEY (task_no) REFERENCES tasks(task_no);
ALTER TABLE tasks ADD CONSTRAINT tasks_location_no_fkey FOREIGN KEY (location_no) REFERENCES locations(location_no);
ALTER TABLE tasks ADD CONSTRAINT tasks_order_no_fkey FOREIGN KEY (order_no) REFERENCES orders(order_no);
ALTER TABLE transfer_entries ADD CONSTRAINT transfer_entries_transfer_no_fkey FOREIGN KEY (transfer_no) REFERENCES transfers(transfer_no);
ALTER TABLE transfer_lines ADD CONSTRAINT transfer_lines_transfer_no_fkey FOREIGN KEY (transfer_no) REFERENCES transfers(transfer_no);
ALTER TABLE transfer_settlements ADD CONSTRAINT transfer_settlements_transfer_no_fkey FOREIGN KEY (transfer_no) REFERENCES transfers(transfer_no);
ALTER TABLE webhook_levels ADD CONSTRAINT webhook_levels_webhook_no_fkey FOREIGN KEY (webhook_no) REFERENCES webhooks(webhook_no);
ALTER TABLE webhook_secrets ADD CONSTRAINT webhook_secrets_webhook_no_fkey FOREIGN KEY (webhook_no) REFERENCES webhooks(webhook_no);

CREATE VIEW in_transit AS
 SELECT l.location_no,
    t.sku,
    t.in_transit AS units,
    t.expected_at,
    t.transfer_no
   FROM (transfer_lines t
     JOIN locations l ON ((l.code = t.place)))
  WHERE (t.in_transit > 0);

CREATE VIEW stock_statements AS
 SELECT h.statement_no,
    s.code AS source_code,
    h.source_no,
    l.code AS location,
    h.location_no,
    i.sku,
    i.quantity,
    h.as_of,
    h.received_at,
    h.key AS statement_key
   FROM (((stock_statement_heads h
     JOIN inbound_sources s USING (source_no))
     JOIN locations l USING (location_no))
     JOIN stock_statement_lines i USING (statement_no))
  WHERE h.complete;

CREATE INDEX api_acts_by_age ON public.api_acts USING btree (begun_at);
CREATE INDEX availability_inbound_until ON public.availability USING btree (inbound_until, sku) WHERE (inbound_until IS NOT NULL);
CREATE INDEX changes_by_position ON public.changes USING btree ("position");
CREATE INDEX changes_by_scope ON public.changes USING btree (topic, scope, "position");
CREATE INDEX channel_accounts_due ON public.channel_accounts USING btree (next_at) WHERE (state = 'active'::channel_account_state);
CREATE UNIQUE INDEX channel_accounts_live ON public.channel_accounts USING btree (channel_no) WHERE (state <> 'ended'::channel_account_state);
CREATE INDEX channel_hints_due ON public.channel_hints USING btree (account_no, due_at);
CREATE INDEX channel_hints_failed ON public.channel_hints USING btree (account_no, id) WHERE (error IS NOT NULL);
CREATE INDEX channel_hints_held ON public.channel_hints USING btree (account_no, id) WHERE (hold_key IS NOT NULL);
CREATE INDEX channel_messages_by_time ON public.channel_messages USING btree (received_at);
CREATE INDEX comparison_lines_of ON public.comparison_lines USING btree (run_no);
CREATE INDEX comparison_runs_of ON public.comparison_runs USING btree (comparison_no, run_no);
CREATE UNIQUE INDEX comparison_runs_unfinished ON public.comparison_runs USING btree (comparison_no) WHERE (finished_at IS NULL);
CREATE INDEX comparisons_due ON public.comparisons USING btree (next_at) WHERE (next_at IS NOT NULL);
CREATE INDEX counts_by_at ON public.counts USING btree (location_no, at);
CREATE INDEX counts_held ON public.counts USING btree (location_no, sku, at, journal_no, seq) WHERE (held AND (NOT voided));
CREATE INDEX day_totals_by_day ON public.day_totals USING btree (business_day);
CREATE INDEX demand_past_by_run ON public.demand_past USING btree (run_no);
CREATE UNIQUE INDEX devices_by_hub ON public.devices USING btree (location_no) WHERE by_hub;
CREATE UNIQUE INDEX devices_source_key ON public.devices USING btree (source_no, location_no) WHERE (source_no IS NOT NULL);
CREATE INDEX differences_by_sku ON public.differences USING btree (sku, difference_no) WHERE (sku <> ''::text);
CREATE INDEX differences_by_state ON public.differences USING btree (state, difference_no);
CREATE INDEX differences_ended ON public.differences USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE UNIQUE INDEX differences_live ON public.differences USING btree (comparison_no, location, sku, reference, measure) WHERE (ended_at IS NULL);
CREATE INDEX differences_of ON public.differences USING btree (comparison_no, difference_no);
CREATE INDEX differences_to_correct ON public.differences USING btree (difference_no) WHERE ((state = 'corrected'::difference_state) AND (corrected_at IS NULL));
CREATE INDEX erp_documents_at ON public.erp_documents USING brin (at) WITH (pages_per_range='32', autosummarize='on');
CREATE INDEX erp_documents_control_number ON public.erp_documents USING btree (erp_no, control_number) WHERE (control_number IS NOT NULL);
CREATE INDEX erp_documents_dead ON public.erp_documents USING btree (erp_no, document_no) WHERE (state = 'dead'::document_state);
CREATE INDEX erp_documents_ended_at ON public.erp_documents USING brin (ended_at);
CREATE INDEX erp_documents_of_fact ON public.erp_documents USING btree (location_no, journal_no, seq) WHERE (journal_no IS NOT NULL);
CREATE INDEX erp_documents_rejected ON public.erp_documents USING btree (erp_no, document_no) WHERE ((acknowledgement ->> 'state'::text) = 'rejected'::text);
CREATE INDEX erp_documents_waiting ON public.erp_documents USING btree (erp_no, stream, document_no) WHERE (state = 'waiting'::document_state);
CREATE INDEX erp_streams_due ON public.erp_streams USING btree (erp_no, urgency, waiting_since) WHERE (last_document > done_document);
CREATE INDEX erp_turns_of ON public.erp_turns USING btree (erp_no);
CREATE INDEX facts_adjustments ON public.facts USING btree (location_no, at, journal_no, seq) WHERE (kind = 'adjustment'::fact_kind);
CREATE INDEX facts_correlation_id ON public.facts USING btree (correlation_id) WHERE (correlation_id IS NOT NULL);
CREATE INDEX inbound_files_finished ON public.inbound_files USING btree (source_no, finished_at DESC);
CREATE INDEX inbound_looks_by_sku ON public.inbound_looks USING btree (sku, look_no);
CREATE INDEX inbound_messages_received ON public.inbound_messages USING btree (received_at);
CREATE INDEX inbound_rejects_open ON public.inbound_rejects USING btree (reject_no) WHERE (dismissed_at IS NULL);
CREATE INDEX listings_sku ON public.listings USING btree (sku);
CREATE INDEX location_silence_last ON public.location_silence USING btree (location_no, silence_no);
CREATE INDEX order_customers_by_reference ON public.order_customers USING btree (channel, reference, order_no);
CREATE INDEX order_customers_to_erase ON public.order_customers USING btree (retain_until);
CREATE INDEX order_effects_of ON public.order_effects USING btree (order_no, effect_no);
CREATE INDEX order_effects_of_channel ON public.order_effects USING btree (channel, retry_at) WHERE ((done_at IS NULL) AND (channel IS NOT NULL) AND (kind = ANY (ARRAY['refund'::text, 'tell'::text])));
CREATE INDEX order_effects_open ON public.order_effects USING btree (order_no, stream, effect_no) WHERE (done_at IS NULL);
CREATE INDEX order_effects_ready ON public.order_effects USING btree (retry_at) WHERE ((done_at IS NULL) AND (stream <> 'channel'::text));
CREATE INDEX order_effects_to_tell ON public.order_effects USING btree (effect_no) WHERE ((done_at IS NULL) AND (stream = 'channel'::text));
CREATE UNIQUE INDEX order_events_by_key ON public.order_events USING btree (order_no, key) WHERE (key IS NOT NULL);
CREATE INDEX order_holds_live ON public.order_holds USING btree (order_no) WHERE ((released + handed) < units);
CREATE INDEX order_holds_of ON public.order_holds USING btree (order_no);
CREATE INDEX order_parcels_by_day ON public.order_parcels USING btree (location, asked_at);
CREATE INDEX orders_by_age ON public.orders USING btree (received_at);
CREATE INDEX orders_by_channel ON public.orders USING btree (channel, order_no);
CREATE INDEX orders_by_lane ON public.orders USING btree (lane, order_no);
CREATE INDEX orders_by_state ON public.orders USING btree (state, order_no);
CREATE INDEX orders_due ON public.orders USING btree (due_at, order_no) WHERE (due_at IS NOT NULL);
CREATE INDEX orders_to_look_at ON public.orders USING btree (look_again_at) WHERE (look_again_at IS NOT NULL);
CREATE INDEX orders_with_problem ON public.orders USING btree (order_no) WHERE (problem IS NOT NULL);
CREATE INDEX outbox_entries_all_dead ON public.outbox_entries USING btree (entry_no) WHERE (state = 'dead'::outbox_state);
CREATE INDEX outbox_entries_dead ON public.outbox_entries USING btree (webhook_no, entry_no) WHERE (state = 'dead'::outbox_state);
CREATE INDEX outbox_entries_delivered ON public.outbox_entries USING btree (ended_at) WHERE (state = 'delivered'::outbox_state);
CREATE INDEX outbox_entries_sending ON public.outbox_entries USING btree (webhook_no, sequence) WHERE (state = 'sending'::outbox_state);
CREATE INDEX outbox_entries_waiting ON public.outbox_entries USING btree (webhook_no, waiting_since, entry_no) WHERE (state = 'waiting'::outbox_state);
CREATE INDEX positions_by_sku ON public.positions USING btree (sku, location_no);
CREATE UNIQUE INDEX product_statements_current ON public.product_statements USING btree (sku, field, source_no) WHERE is_current;
CREATE INDEX product_statements_history ON public.product_statements USING btree (sku, statement_no DESC);
CREATE INDEX products_category ON public.products USING btree (category) WHERE (category IS NOT NULL);
CREATE INDEX publication_calls_ended ON public.publication_calls USING btree (ended_at) WHERE (ended_at IS NOT NULL);
CREATE INDEX publication_calls_open ON public.publication_calls USING btree (account_no, call_no) WHERE (ended_at IS NULL);
CREATE INDEX publications_by_read ON public.publications USING btree (account_no, read_at) WHERE ((due_at IS NULL) AND (call_no IS NULL) AND (parked_at IS NULL));
CREATE INDEX publications_by_reference ON public.publications USING btree (account_no, reference) WHERE (reference IS NOT NULL);
CREATE INDEX publications_due ON public.publications USING btree (account_no, urgency DESC, channel_sku) WHERE ((due_at IS NOT NULL) AND (call_no IS NULL) AND (parked_at IS NULL) AND (NOT must_read) AND ((later_call IS NULL) OR (urgency > (1.01)::double precision)));
CREATE INDEX publications_in_flight ON public.publications USING btree (account_no) WHERE (in_flight > 0);
CREATE INDEX publications_of_call ON public.publications USING btree (call_no) WHERE (call_no IS NOT NULL);
CREATE INDEX publications_of_later_call ON public.publications USING btree (later_call) WHERE (later_call IS NOT NULL);
CREATE INDEX publications_parked ON public.publications USING btree (account_no, channel_sku) WHERE (parked_at IS NOT NULL);
CREATE INDEX publications_settling ON public.publications USING btree (account_no, settles_at) WHERE (settles_at IS NOT NULL);
CREATE INDEX publications_sku ON public.publications USING btree (sku);
CREATE INDEX publications_to_read ON public.publications USING btree (account_no, due_at) WHERE ((due_at IS NOT NULL) AND (call_no IS NULL) AND (parked_at IS NULL) AND must_read);
CREATE INDEX quarantine_key ON public.quarantine USING btree (key) WHERE (key IS NOT NULL);
CREATE INDEX quarantine_open ON public.quarantine USING btree (quarantine_no) WHERE (resolved_at IS NULL);
CREATE INDEX recompute_jobs_by_scope ON public.recompute_jobs USING btree (kind, location_no, job_no);
CREATE INDEX recompute_jobs_of_set ON public.recompute_jobs USING btree (rule_set_no) WHERE (rule_set_no IS NOT NULL);
CREATE INDEX recompute_jobs_of_silence ON public.recompute_jobs USING btree (silence_no) WHERE (silence_no IS NOT NULL);
CREATE INDEX recompute_jobs_open ON public.recompute_jobs USING btree (job_no) WHERE (finished_at IS NULL);
CREATE INDEX reservation_handovers_of ON public.reservation_handovers USING btree (reservation_no) WHERE (reservation_no IS NOT NULL);
CREATE INDEX reservation_handovers_problems ON public.reservation_handovers USING btree (received_at, location_no, journal_no, seq, line) WHERE (code IS NOT NULL);
CREATE INDEX reservation_holds_at ON public.reservation_holds USING btree (sku, location_no, reservation_no) WHERE (held > 0);
CREATE INDEX reservation_moves_by_position ON public.reservation_moves USING btree (sku, location_no, moved_at);
CREATE UNIQUE INDEX reservation_shortfalls_open ON public.reservation_shortfalls USING btree (sku, location_no) WHERE (resolved_at IS NULL);
CREATE INDEX reservations_by_channel ON public.reservations USING btree (channel_no, reservation_no);
CREATE INDEX reservations_by_reference ON public.reservations USING btree (reference, reservation_no) WHERE (reference IS NOT NULL);
CREATE INDEX reservations_by_state ON public.reservations USING btree (state, reservation_no);
CREATE INDEX reservations_expiring ON public.reservations USING btree (expires_at) WHERE (state = 'pending'::reservation_state);
CREATE INDEX rule_rows_by_product ON public.rule_rows USING btree (rule_set_no, kind, product, location_no);
CREATE INDEX settlement_lines_by_order ON public.settlement_lines USING btree (order_id) WHERE (order_id <> ''::text);
CREATE INDEX stock_statement_heads_latest ON public.stock_statement_heads USING btree (location_no, source_no, as_of DESC) WHERE complete;
CREATE UNIQUE INDEX store_view_requests_of ON public.store_view_requests USING btree (run_no, device_no);
CREATE INDEX store_view_requests_open ON public.store_view_requests USING btree (device_no) WHERE (answered_at IS NULL);
CREATE INDEX task_answers_of ON public.task_answers USING btree (task_no);
CREATE INDEX task_answers_to_do ON public.task_answers USING btree (retry_at) WHERE (done_at IS NULL);
CREATE INDEX tasks_by_location ON public.tasks USING btree (location_no, task_no);
CREATE INDEX tasks_by_state ON public.tasks USING btree (state, task_no);
CREATE INDEX tasks_in_conflict ON public.tasks USING btree (task_no) WHERE (conflict IS NOT NULL);
CREATE INDEX tasks_not_taken ON public.tasks USING btree (location_no) WHERE (taken_at IS NULL);
CREATE INDEX tasks_of_store ON public.tasks USING btree (location_no, task_no) WHERE (NOT forgotten);
CREATE INDEX tasks_to_forget ON public.tasks USING btree (ended_at) WHERE (NOT forgotten);
CREATE INDEX transfer_entries_by_fact ON public.transfer_entries USING btree (location_no, journal_no, seq);
CREATE INDEX transfer_entries_by_place ON public.transfer_entries USING btree (place, sku) WHERE (NOT incoming);
CREATE INDEX transfer_lines_by_place ON public.transfer_lines USING btree (place, transfer_no);
CREATE INDEX transfer_lines_coming ON public.transfer_lines USING btree (sku, place) WHERE (in_transit > 0);
CREATE INDEX transfer_lines_on_the_way ON public.transfer_lines USING btree (place, sku) INCLUDE (in_transit, expected_at) WHERE (in_transit > 0);
CREATE INDEX transfer_settlements_of ON public.transfer_settlements USING btree (transfer_no);
CREATE INDEX transfers_discrepancy ON public.transfers USING btree (transfer_no) WHERE (discrepancies > 0);
CREATE INDEX transfers_in_transit ON public.transfers USING btree (transfer_no) WHERE (in_transit > 0);
CREATE INDEX transfers_open ON public.transfers USING btree (transfer_no) WHERE ((in_transit > 0) OR (discrepancies > 0));
CREATE INDEX unseen_cancellations_by_time ON public.unseen_cancellations USING btree (cancelled_at);
CREATE INDEX webhook_levels_waiting ON public.webhook_levels USING btree (webhook_no, type, waiting_since, subject) WHERE (waiting_since IS NOT NULL);
CREATE INDEX webhooks_due ON public.webhooks USING btree (next_at) WHERE (state = 'active'::webhook_state);
CREATE UNIQUE INDEX webhooks_nats ON public.webhooks USING btree (kind) WHERE ((kind = 'nats'::receiver_kind) AND (state <> 'ended'::webhook_state));
CREATE INDEX what_if_jobs_open ON public.what_if_jobs USING btree (job_no) WHERE (finished_at IS NULL);

CREATE TRIGGER order_events_stay BEFORE DELETE OR UPDATE ON public.order_events FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER rule_versions_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.rule_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();
CREATE TRIGGER sourcing_versions_stay BEFORE DELETE OR UPDATE OR TRUNCATE ON public.sourcing_versions FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

COMMENT ON TABLE api_acts IS 'Requests with an Idempotency-Key: under way while there is no status, then with their answer.';
COMMENT ON COLUMN api_acts.digest IS 'SHA-256 of the request: what a repeated key is compared by.';
COMMENT ON COLUMN api_acts.run IS 'Renewed by whoever takes over a run that died; only the newest run may keep an answer.';
COMMENT ON COLUMN api_acts.answer IS 'Sealed with the caller''s API key, which the database does not hold: answers may be secret.';
COMMENT ON COLUMN api_keys.scopes IS 'What the key may: area:read or area:write, which includes it; `read` and `write` stand for every area.';
COMMENT ON COLUMN api_keys.per_second IS 'Requests in the long run, by hub process.';
COMMENT ON TABLE availability IS 'By channel slot. Its row lock guards it and the shelf_terms of its sku: see hub/availability/engine/sku-locks.ts.';
COMMENT ON COLUMN availability.pool IS 'Sellable of all shelves, and what is inbound.';
COMMENT ON COLUMN availability.inbound_as_of IS 'The instant (ms since 1970) that inbound holds for: it is a function of this, the rule set and transfer_lines. NULL: nothing is on its way that any rule speaks of.';
COMMENT ON COLUMN availability.inbound_until IS 'When time alone gives another inbound, or may: units come within a horizon, or are overdue.';
COMMENT ON COLUMN availability.allocations IS '0: no shelf has an allocation; else 1 + the most exclusive ones of a shelf.';
COMMENT ON COLUMN availability.category IS 'The product''s one that its terms and limits were made from.';
COMMENT ON COLUMN availability.reserved IS 'Over all shelves: a merge looks for shortfalls of reservations only where it is above zero.';
COMMENT ON TABLE changes IS 'The change feed: which keys a transaction touched. Read only below the oldest running transaction, so none is skipped.';
COMMENT ON COLUMN changes.scope IS 'location_no, or 0 for what every store gets; of topic availability 0.';
COMMENT ON COLUMN channel_accounts.credentials IS 'Sealed by the hub''s key, which is not in the database.';
COMMENT ON COLUMN channel_accounts.credentials_no IS 'Grows with each change of settings or credentials.';
COMMENT ON COLUMN channel_accounts.counts_down IS 'The channel takes off its own number what it sells.';
COMMENT ON COLUMN channel_accounts.listings_of IS 'The version of the rules whose listings its publications are; counts once listings_read.';
COMMENT ON COLUMN channel_accounts.quota IS 'What is left of the channel''s quota, and what it is believed to be: survives whoever worked here.';
COMMENT ON COLUMN channel_accounts.failures IS 'Calls in a row that failed as a whole, the last one with error: nothing is called until next_at, then once to try.';
COMMENT ON COLUMN channel_accounts.claim IS 'Of the hub that works on it, over all hubs, until claimed_until: it may have been killed.';
COMMENT ON COLUMN channel_accounts.orders_at IS 'When its orders are asked for next; NULL: never, it tells them by itself or has none.';
COMMENT ON COLUMN channel_accounts.orders_known_to IS 'Every order that was placed at the channel before then has been seen.';
COMMENT ON COLUMN channel_accounts.orders_page IS 'Its orders are asked for page by page: since when, when that began, and where the next page begins. NULL: with the first page.';
COMMENT ON COLUMN channel_accounts.overwrites IS 'A number of ours may come over units that the channel has sold meanwhile, unseen: it goes by feeds, or is applied later.';
COMMENT ON TABLE channel_hints IS 'An order of which something has changed at the channel, or that could not be taken: its state is read there, so order and repetition of webhooks do not matter.';
COMMENT ON COLUMN channel_hints.tries IS 'Tries that failed because of this order alone. attempts counts all: by those it is tried more and more seldom.';
COMMENT ON COLUMN channel_hints.content IS 'The order as it came, where it came and could not be taken; it may be personal, and is erased after 90 days.';
COMMENT ON COLUMN channel_hints.lines IS 'What could be read of its lines: [{channelSku or sku, units}].';
COMMENT ON COLUMN channel_hints.aside_at IS 'Since when it is for people. While nothing looks at it due_at is infinity.';
COMMENT ON COLUMN channel_hints.hold_key IS 'Its lines are to be held by the reservation of this key until it is taken or dismissed.';
COMMENT ON COLUMN channel_hints.held IS 'What is held of its lines: [{line, sku, units, held}]; NULL: not yet, or nothing is to be.';
COMMENT ON TABLE channel_messages IS 'Webhooks of channels that were taken, each once; forgotten after a week.';
COMMENT ON COLUMN channels.channel_no IS 'A place in arrays, from 1 on: stays with its code for good.';
COMMENT ON COLUMN channels.removed_at IS 'Since when no version in force has it; NULL: it is there.';
COMMENT ON TABLE comparison_lines IS 'What the other side said, while its run lasts.';
COMMENT ON COLUMN comparison_lines.ours IS 'Where it has to be seen at the same moment; NULL: looked up at the end.';
COMMENT ON COLUMN comparison_lines.doubt IS 'Why what it says may change any moment.';
COMMENT ON TABLE comparison_runs IS 'The history of drift. A run writes its differences and its end in one transaction: killed before, it is begun anew.';
COMMENT ON COLUMN comparison_runs.units IS 'Differences of units whose cause is unknown, added up without their sign; value_minor the same in money.';
COMMENT ON COLUMN comparison_runs.held_back IS 'Differences that the rule would correct, but there are more of them at once than it allows.';
COMMENT ON COLUMN comparison_runs.unmapped IS 'Lines of the other side that name no location of ours.';
COMMENT ON COLUMN comparison_runs.silent IS 'Who was asked and said nothing.';
COMMENT ON COLUMN comparison_runs.left_out IS 'Differences that are counted here and not listed: there were too many.';
COMMENT ON COLUMN comparisons.next_at IS 'When it is run next by itself; NULL: on demand only.';
COMMENT ON TABLE count_decisions IS 'Positions are a function of facts, count_limits and these: they are never changed.';
COMMENT ON TABLE count_limits IS 'How far a count may lie from what was expected, for counts from from_at on. location_no 0: of every location without its own.';
COMMENT ON COLUMN count_limits.units IS 'A count is held when it is beyond every part that is set; with none it never is.';
COMMENT ON COLUMN counts.expected IS 'The count before it plus the movements between; follows when late facts arrive.';
COMMENT ON COLUMN counts.held IS 'Not in force: its variance is beyond the limit and nobody has approved it, or it was rejected.';
COMMENT ON TABLE day_totals IS 'What tills say that they sold on a business day (Z reports); the last statement counts. Till: empty for the whole store.';
COMMENT ON TABLE demand IS 'Sums over the sales of a position, weighted by their age: see shared/stock/demand.ts.';
COMMENT ON COLUMN demand.sold IS 'Units, neither weighted nor capped.';
COMMENT ON TABLE demand_marks IS 'Up to which fact of a journal a run has counted demand. Journals are held without a gap, so no late commit is passed over.';
COMMENT ON TABLE demand_past IS 'A row of demand as a run left it, when that run changed it. Of a run the last one up to it counts.';
COMMENT ON TABLE demand_priors IS 'Of a category, a location (0: all), or, when it names neither, the whole chain.';
COMMENT ON TABLE demand_released IS 'Which run has counted a fact that came out of quarantine: its journal''s mark may have passed it before.';
COMMENT ON TABLE demand_skus IS 'The sums of a sku over all locations: what is believed of one of them before its own sales are looked at.';
COMMENT ON COLUMN demand_skus.firsts IS 'Sum of the weights of the shelves'' first_at.';
COMMENT ON COLUMN devices.source_no IS 'Not a device: the journal that the hub itself keeps of a source at this location. It has no key, so nobody enters with it.';
COMMENT ON COLUMN devices.by_hub IS 'The hub itself writes facts as it; nobody connects as it, and it says nothing of how complete a store is known.';
COMMENT ON TABLE differences IS 'One a subject at a time. When it is gone and comes back it is another one, with a number of its own.';
COMMENT ON COLUMN differences.unexplained IS 'What is left of it without what is under way and what is set aside: both arrive by themselves, or by a replay. Only this is corrected.';
COMMENT ON COLUMN differences.same_seen IS 'Runs in a row in which it was as large as now, and its cause unknown.';
COMMENT ON COLUMN differences.correction IS 'What was decided to be done. Its key holds the number, so that it is done once.';
COMMENT ON COLUMN differences.corrected_at IS 'When that was done; NULL: it is to be done, or was never decided.';
COMMENT ON COLUMN differences.ended_at IS 'NULL while a run may find it again.';
COMMENT ON TABLE document_entries IS 'Written in the transaction of the cause while there is an ERP: a run of facts, positions whose counts were judged anew, or a step of an order. Of one location or order entries are written under its lock, so in the order of their commits.';
COMMENT ON COLUMN document_entries.transfer_no IS 'What was settled of it, in content.';
COMMENT ON TABLE erp_acknowledgements IS 'Files of acknowledgements as they came, with what could not be made of them.';
COMMENT ON COLUMN erp_documents.key IS 'The same at each attempt and replay: the ERP is asked for it before anything is sent a second time.';
COMMENT ON COLUMN erp_documents.voids IS 'The key of the document that this one takes back.';
COMMENT ON COLUMN erp_documents.content IS 'What no fact says; NULL: the fact says it.';
COMMENT ON COLUMN erp_documents.begun IS 'It may have been sent: whether the ERP has it is asked first.';
COMMENT ON COLUMN erp_documents.reference IS 'What the ERP calls it.';
COMMENT ON COLUMN erp_documents.control_number IS 'Of its interchange, where the ERP takes such: the same at each attempt and replay, also after a kill.';
COMMENT ON COLUMN erp_documents.acknowledgement IS 'What the partner says it did with it.';
COMMENT ON COLUMN erp_documents.begun_by IS 'Versions of the mapping by which it may have been sent. Of what an older hub began: all that there were.';
COMMENT ON TABLE erp_mappings IS 'Versions that were put live, kept for good: which documents go there, and as what.';
COMMENT ON TABLE erp_routes IS 'The routes of the mappings that are live.';
COMMENT ON TABLE erp_streams IS 'Documents of one ERP that must come in order: those of a store, those of an order. Posted one after the other by one worker over all hubs.';
COMMENT ON COLUMN erp_streams.done_document IS 'Up to here nothing waits. What is due is said by this row alone, so that a claim reads no other.';
COMMENT ON COLUMN erp_streams.urgency IS '0: something for today waits, 1: something of high value, 2: all else.';
COMMENT ON TABLE erp_turns IS 'Workers that are at it, over all hubs: no more at once than the ERP stands.';
COMMENT ON COLUMN erps.credentials IS 'Sealed with the hub''s key, which the database does not hold.';
COMMENT ON COLUMN erps.pace IS 'How much at once, how often, when not, and what is worth most.';
COMMENT ON COLUMN erps.mapping IS 'The version that is live; 0: none yet, and nothing is forwarded.';
COMMENT ON COLUMN erps.revision IS 'Grows with what a connector is made of: hubs that run take it up.';
COMMENT ON COLUMN erps.failures IS 'In a row, of the ERP itself and not of a document; the breaker is open until next_at.';
COMMENT ON COLUMN erps.paced_until IS 'Up to here the rate is taken, over all hubs.';
COMMENT ON COLUMN erps.control_number IS 'The last that was given to a document; after 999,999,999 it begins anew.';
COMMENT ON TABLE explained_past IS 'Every instant from here on is explained as it was: what only older ones rest on is pruned.';
COMMENT ON COLUMN facts.digest IS 'First half of SHA-256 over kind and canonical body: what a repeated key is compared by.';
COMMENT ON COLUMN facts.correlation_id IS 'NULL: the same as key.';
COMMENT ON COLUMN feed_state.floor IS 'Entries below it are pruned: a reader that stands lower scans again.';
COMMENT ON VIEW in_transit IS 'Units on their way to a location, a row a transfer. expected_at: when all of them should be there; NULL: nobody said.';
COMMENT ON TABLE inbound_files IS 'Files that were dealt with, by content: the same one again changes nothing, unless its mapping has changed since.';
COMMENT ON TABLE inbound_looks IS 'What availability.inbound_as_of was when: by it the past is explained. Of a sku the last one counts.';
COMMENT ON TABLE inbound_messages IS 'Webhooks that were taken; kept for longer than one is let in after it was signed.';
COMMENT ON TABLE inbound_rejects IS 'What is no fact, no product and no stock: kept as it came, with its reason. What is a fact and cannot be merged is in quarantine.';
COMMENT ON COLUMN inbound_rejects.times IS 'How often the same came with the same reason.';
COMMENT ON COLUMN inbound_sources.secrets IS 'What its webhooks are signed with, sealed with the hub''s key, which the database does not hold.';
COMMENT ON COLUMN inbound_sources.heard_at IS 'When it told anything last, by whatever way.';
COMMENT ON COLUMN inbound_sources.folder_claim IS 'The hub that reads its folder until folder_claimed_until.';
COMMENT ON TABLE journals IS 'One epoch of one device. watermark: highest seq up to which every fact is held.';
COMMENT ON COLUMN journals.begun_at IS 'When the hub first heard of it. While nothing of it has come, it is taken for known until then.';
COMMENT ON TABLE lag_thresholds IS 'Made by shared/stock/buffer-thresholds.ts: the buffer is width_bucket(expected units, thresholds).';
COMMENT ON TABLE location_silence IS 'History of what is assumed of a location: everything until as_of is known, and it may have sold unseen for step_ms after it; 0: it is not silent. The last row counts.';
COMMENT ON TABLE movements IS 'The ledger. A reversal takes a voided line back and stands at the instant of the fact that it voids.';
COMMENT ON TABLE order_conflicts IS 'Other orders that came under the id of this one, each once.';
COMMENT ON TABLE order_customers IS 'Personal data, and nothing else of an order has any: exported and erased by (channel, reference), erased after retain_until.';
COMMENT ON TABLE order_edits IS 'Every content of an order that was edited at its channel, in the order in which they were followed; 0 is the first one.';
COMMENT ON TABLE order_effects IS 'Written with the event that asks for them. Of one order and stream the first open one is done first.';
COMMENT ON COLUMN order_effects.stream IS 'holds and erp are worked on by the hub; channel waits for whoever speaks with the channel.';
COMMENT ON COLUMN order_effects.retry_at IS 'Not before: in the future while somebody is at it, or after a failure.';
COMMENT ON COLUMN order_effects.plan IS 'What exactly is sent, kept before it is: sent again after a crash it is the same act.';
COMMENT ON COLUMN order_effects.channel IS 'Of stream channel: whose it is.';
COMMENT ON TABLE order_events IS 'What was said of an order and what followed, by whom and when; only ever inserted into.';
COMMENT ON COLUMN order_events.steps IS 'The act and what followed by itself, each with the states before and after.';
COMMENT ON COLUMN order_events.refused IS 'Code of a refusal that is kept: what was said is true all the same, as of a store that handed over.';
COMMENT ON COLUMN order_events.key IS 'The same act carries the same key: said again it changes nothing.';
COMMENT ON TABLE order_holds IS 'Which line of which reservation holds units of an order''s line, and where, as far as the order knows.';
COMMENT ON COLUMN order_holds.substitute IS 'The sku that a store gives instead of the line''s, which this holds; NULL: the line''s own.';
COMMENT ON TABLE order_parcels IS 'Each location that was asked for units of an order, once: a store''s parcels of a day.';
COMMENT ON TABLE orders IS 'Documents are json: they are read whole with their order, and never searched. Whoever changes an order holds its row lock.';
COMMENT ON COLUMN orders.digest IS 'SHA-256 of content as it came last from the channel: from others, the same id with another one is kept in order_conflicts.';
COMMENT ON COLUMN orders.content IS 'As it came last from the channel, with lines that it does not name any more as called off.';
COMMENT ON COLUMN orders.lane IS 'Place in the list of lanes: the most urgent is 0.';
COMMENT ON COLUMN orders.lines IS 'Where the units of each line stand.';
COMMENT ON COLUMN orders.problem IS 'Why it does not go on; NULL: it does.';
COMMENT ON COLUMN orders.due_at IS 'When it should have left its state; NULL: it may stay.';
COMMENT ON COLUMN orders.look_again_at IS 'When names or units that were missing are looked for again.';
COMMENT ON COLUMN orders.version IS 'Of the channel, which grows with every change there: what comes with a lower one is older. NULL: it names none.';
COMMENT ON TABLE outbox_checkpoints IS 'Where a relay stands in the change feed; moved in the transaction that writes what it read.';
COMMENT ON TABLE outbox_entries IS 'Messages of one webhook each. Events are written in the transaction of their cause; levels are taken when their turn comes.';
COMMENT ON COLUMN outbox_entries.subjects IS 'Of levels, in the order of data.items; NULL: an event.';
COMMENT ON COLUMN outbox_entries.state IS 'sending: begun and frozen, sent again as it is until it is delivered or dead. Of a webhook at most one, of NATS a window.';
COMMENT ON COLUMN outbox_entries.subject IS 'What an event is of. Events of one subject are never under way at once, so none overtakes another.';
COMMENT ON TABLE positions IS 'anchor_quantity + sellable movements after (anchor_at, anchor_journal, anchor_seq) = on_hand.';
COMMENT ON COLUMN positions.held IS 'A count after the anchor is held: what comes before it changes its variance, though not onHand.';
COMMENT ON COLUMN positions.born_at IS 'When the merge began that took its first fact: as received_at of that.';
COMMENT ON TABLE product_rule_versions IS 'Which source is believed for which field of a product; the highest version is in force.';
COMMENT ON COLUMN product_rule_versions.after_sku IS 'Up to here products are weighed by it; all of them since weighed_at.';
COMMENT ON TABLE product_statements IS 'Who said what of a product when, field by field; kept for good.';
COMMENT ON COLUMN product_statements.source_no IS '0: by hand, PUT /v1/products.';
COMMENT ON COLUMN product_statements.value IS 'Null: it says that there is none. A price is "MINOR CURRENCY".';
COMMENT ON COLUMN products.price_minor IS 'In the smallest unit of the currency.';
COMMENT ON TABLE publication_calls IS 'A call is frozen before it is sent: whoever sends it again after a kill sends the same under the same key. Of an account they are begun one after the other, so call_no grows.';
COMMENT ON COLUMN publication_calls.ask_at IS 'What becomes of it is known later: when the channel is asked for it next, by ticket; without a ticket, when it counts as in doubt.';
COMMENT ON COLUMN publication_calls.outcomes IS 'Of the listings that were not taken: [channel sku, outcome, code, detail].';
COMMENT ON TABLE publications IS 'What each listing shall say and says at its channel. Level-triggered: workers make confirmed equal desired, less what is in flight.';
COMMENT ON COLUMN publications.listed IS 'false: the rules list it no more; it goes when its channel says 0.';
COMMENT ON COLUMN publications.reference IS 'What the channel itself calls it, where that is another name; looked up once.';
COMMENT ON COLUMN publications.desired_at IS 'The instant of availability that desired is of: what can be explained.';
COMMENT ON COLUMN publications.confirmed IS 'What the channel is known to say; NULL: not known.';
COMMENT ON COLUMN publications.basis IS 'What the last confirmed number was worked out from.';
COMMENT ON COLUMN publications.in_flight IS 'Units that the channel has sold by its own count in orders that are not known yet.';
COMMENT ON COLUMN publications.must_read IS 'What the channel says is read before anything is sent.';
COMMENT ON COLUMN publications.version IS 'Changes when an order changes confirmed, when a call carries it and when its channel tells of it: what was asked for before then does not count.';
COMMENT ON COLUMN publications.urgency IS 'Chance of selling out; 1 more where the channel says more than there is. The highest goes first.';
COMMENT ON COLUMN publications.due_at IS 'When it is to be looked at; NULL: it says what it shall.';
COMMENT ON COLUMN publications.call_no IS 'The call that is under way with it.';
COMMENT ON COLUMN publications.ordered_in_call IS 'Units in orders that became known while the call is under way.';
COMMENT ON COLUMN publications.in_doubt IS 'Was sent, and the channel may have taken it or not, or has not applied it yet.';
COMMENT ON COLUMN publications.company IS 'In how large a call it may travel at most, after one was refused as a whole; NULL: any.';
COMMENT ON COLUMN publications.parked_at IS 'Since when it is set aside, with error: until somebody has it tried again, or it is listed anew.';
COMMENT ON COLUMN publications.drift IS 'By how much the channel last differed for no known reason.';
COMMENT ON COLUMN publications.later_call IS 'The call that carries it and ends later; an urgent number goes out beside it.';
COMMENT ON COLUMN publications.later_quantity IS 'What that call makes it say.';
COMMENT ON COLUMN publications.read_after IS 'When that call has ended it is read: another number went out beside it.';
COMMENT ON COLUMN publications.settles_at IS 'When the channel has applied what it was told (in_doubt): then it is read whether it has.';
COMMENT ON COLUMN publications.changes_left IS 'How often it could be changed at once at changes_at; NULL: as often as a full bucket allows.';
COMMENT ON COLUMN publications.last_call IS 'The last call that carried it: there its history begins.';
COMMENT ON COLUMN publications.passing IS 'Beside in_doubt, while that settles: what the channel may say, as [number, until when (s since 1970; null: as long as in_doubt)].';
COMMENT ON COLUMN publications.hinted IS 'The channel told that it has changed while a call carries it: looked at when that ends.';
COMMENT ON COLUMN publications.hinted_says IS 'What it was told to say then; NULL: not told, or several.';
COMMENT ON COLUMN publications.applied_by IS 'By then its channel had applied the last number that it was sent: what it sells later it takes off that. NULL: none was sent.';
COMMENT ON COLUMN quarantine.protocol_line IS 'The fact verbatim, as a line of the wire (or its JSON, from protocol 1).';
COMMENT ON TABLE recompute_chunks IS 'When a job reached which skus: what was in force of a sku at any past instant.';
COMMENT ON COLUMN recompute_chunks.skus IS 'NULL: all from after_sku to last_sku.';
COMMENT ON TABLE recompute_jobs IS 'What was or is to be made anew, and how far it is. A job goes on behind after_sku.';
COMMENT ON COLUMN recompute_jobs.seen_at IS 'For buffers of locations that are not silent: demand and age of counts as seen from here, ms since 1970.';
COMMENT ON COLUMN recompute_jobs.superseded IS 'Ended early: a newer job of rules covers everything.';
COMMENT ON COLUMN recompute_jobs.only_behind IS 'Of kind rules: only skus that go by another set or another category than they should.';
COMMENT ON COLUMN recompute_jobs.done IS 'Skus, as total.';
COMMENT ON COLUMN recompute_jobs.attempts IS 'How often in a row a chunk failed, the last time with error: other jobs go first until retry_at.';
COMMENT ON TABLE reservation_acts IS 'What was done to a reservation under a key, and what was answered: a retry is told the same.';
COMMENT ON TABLE reservation_handovers IS 'Lines of facts that handed units over and named a reservation. They count as ordinary sales whatever stands here.';
COMMENT ON COLUMN reservation_handovers.code IS 'Why `beyond` of its units took nothing that was reserved; NULL: all did.';
COMMENT ON TABLE reservation_holds IS 'Units of a reservation''s line at one location. The sku of a line never changes, its locations may.';
COMMENT ON COLUMN reservation_holds.told IS 'Units that fulfil said are handed over; facts that say it too are the same units.';
COMMENT ON COLUMN reservation_holds.held IS 'What of it is reserved now: units - handed while the reservation is pending or confirmed, then 0.';
COMMENT ON COLUMN reservation_holds.short IS 'Of held: not there, and nowhere else for the channel.';
COMMENT ON TABLE reservation_moves IS 'Every change of what is reserved; only ever inserted into.';
COMMENT ON COLUMN reservation_moves.moved_at IS 'Of a merge when it began, as of its facts; else when the lock was held.';
COMMENT ON TABLE reservation_shortfalls IS 'Positions that had fewer units than were reserved there, and the fact that made it so: moved elsewhere, or short until resolved.';
COMMENT ON TABLE reservations IS 'Instants are ms since 1970. A row is locked after the rows of its skus in availability, in the order of numbers.';
COMMENT ON COLUMN reservations.key IS 'The request''s: known to all channels, so that a sale can name it.';
COMMENT ON COLUMN reservations.digest IS 'First half of SHA-256 over the request: what a repeated key is compared by.';
COMMENT ON COLUMN reservations.expires_at IS 'Counts while it is pending; a confirmed one waits for ever.';
COMMENT ON COLUMN reservations.answer IS 'What the first request was told; a retry is told the same.';
COMMENT ON COLUMN rule_rows.product IS 's and a sku, c and a category, or empty for all products. Location and slot: 0 for all.';
COMMENT ON TABLE rule_sets IS 'The rules of one version that hold at one instant (ms since 1970), groups resolved. Kept: explanations of the past read them.';
COMMENT ON TABLE rule_versions IS 'In force at an instant: the highest version whose effective_from has come. So a newer version replaces every older one from its own effective_from on, and what was in force at a past instant can never change.';
COMMENT ON COLUMN rule_versions.document IS 'The file verbatim; rules is the same, read. digest: SHA-256 of document.';
COMMENT ON COLUMN rule_versions.based_on IS 'The newest version when this one was applied.';
COMMENT ON COLUMN rule_versions.restores IS 'The older version whose document this one brings back.';
COMMENT ON TABLE rules_shown IS 'Which version channels, channel_locations and listings show. Locked by whoever applies or activates one.';
COMMENT ON TABLE shelf_terms IS 'What is withheld at a position, by channel slot, and what is reserved. A sale changes it only when it takes reserved units.';
COMMENT ON COLUMN shelf_terms.withheld IS 'safetyStock + lagBuffer + recordBuffer; NULL: the channel does not sell from there.';
COMMENT ON COLUMN shelf_terms.exclusive_slot IS 'Whose each exclusive allocation is, in the order of the rules; its units and those before it, or its percentage.';
COMMENT ON COLUMN shelf_terms.reserved IS 'The sum of reservation_moves of the position: not in positions, whose rows a merge writes before it has this lock.';
COMMENT ON TABLE sourcing_versions IS 'Every version of the sourcing rules, kept for good; the highest is in force.';
COMMENT ON TABLE stock_statement_heads IS 'What a source says to be at a location, to be compared with: it moves nothing.';
COMMENT ON COLUMN stock_statement_heads.complete IS 'Set when all of its lines are there; until then nobody reads it.';
COMMENT ON VIEW stock_statements IS 'Whole statements, line by line; as_of in ms since 1970.';
COMMENT ON TABLE store_view_requests IS 'Whose own view of its stock is wanted. What is said comes page by page; the first page begins anew.';
COMMENT ON COLUMN store_view_requests.seq IS 'The last fact of the device''s own journal that its view contains.';
COMMENT ON TABLE task_answers IS 'Facts of stores about tasks, written by the merge that takes them; worked on right behind it.';
COMMENT ON COLUMN task_answers.task_no IS 'NULL: this location never had the task that it names.';
COMMENT ON COLUMN task_answers.applied IS 'The order has heard of it, before it may have been voided.';
COMMENT ON COLUMN task_answers.retry_at IS 'Not before, after a failure.';
COMMENT ON TABLE tasks IS 'One an order and location, made to fit the order whenever it changes, under the order''s lock.';
COMMENT ON COLUMN tasks.lines IS 'What is to be handed over still, what of it is picked, and which reservations hold it.';
COMMENT ON COLUMN tasks.reason IS 'Why the store rejected it, or a part of it.';
COMMENT ON COLUMN tasks.conflict IS 'What the store did that the order could not take; it is done all the same.';
COMMENT ON COLUMN tasks."position" IS 'Where in the change feed it was told last.';
COMMENT ON COLUMN tasks.taken_at IS 'When the store was known to have it as it is; NULL: not known to.';
COMMENT ON COLUMN tasks.forgotten IS 'It ended long ago: stores are told to forget it.';
COMMENT ON COLUMN tasks.conflicts IS 'How many conflicts it has had: who closes one names it by this number, and closes no newer one unseen.';
COMMENT ON TABLE transfer_entries IS 'The lines of transferOut and transferIn facts, by transfer. A final receipt without lines has one without a sku.';
COMMENT ON COLUMN transfer_entries.place IS 'The code of the store that it was sent to, or in which it was received; perhaps of none that is known.';
COMMENT ON TABLE transfer_lines IS 'Summed from transfer_entries and transfer_settlements: sent - received - written_off = in_transit + discrepancy.';
COMMENT ON COLUMN transfer_lines.left_at IS 'When the last of it left, as its sender says.';
COMMENT ON COLUMN transfer_settlements.units IS 'Above zero: missing, and given up; below zero: received though never sent.';
COMMENT ON TABLE transfers IS 'Known by the sender''s code and id. Whoever changes anything of a transfer holds its row first.';
COMMENT ON COLUMN transfers.discrepancies IS 'Units that are missing and units that are over, added up.';
COMMENT ON TABLE unseen_cancellations IS 'Orders that were cancelled at their channel before we have seen them: what comes of them later is older. Kept for a year.';
COMMENT ON TABLE variances_told IS 'What ERPs were told so far that counts found more or less; at the first ERP what it was then. No row: nothing.';
COMMENT ON TABLE voids IS 'Which key is void, by which fact; a void may come before the fact that it names.';
COMMENT ON TABLE webhook_levels IS 'Of what has a current value the newest that a webhook was told or is to be told. Older ones are overwritten, not sent.';
COMMENT ON COLUMN webhook_levels.sequence IS 'Of the message that took it last.';
COMMENT ON TABLE webhook_secrets IS 'What messages are signed with, as it is: a signature needs it. Two during a rotation.';
COMMENT ON COLUMN webhooks.sequence IS 'Of the last message that was begun: they are begun one at a time, under the lock of this row.';
COMMENT ON COLUMN webhooks.failures IS 'Attempts in a row that failed, the last one with error.';
COMMENT ON COLUMN webhooks.next_at IS 'Not before: nothing is sent while a failed message waits for its next attempt.';
COMMENT ON COLUMN webhooks.claim IS 'Of the worker that delivers, over all hubs, until claimed_until: it may have been killed.';
COMMENT ON COLUMN webhooks.kind IS 'nats: of the NATS that hubs are run with; it has no secret, and there is one at most.';
COMMENT ON COLUMN webhooks.form IS 'Never changed: a message is the same at each attempt.';
COMMENT ON TABLE what_if_jobs IS 'Documents are json: they are read back as they were written, and never searched.';
COMMENT ON COLUMN what_if_jobs.run IS 'Raised by whoever takes the job. Only who has the newest run may write of it, so a runner that was given up cannot.';
COMMENT ON COLUMN what_if_jobs.lost IS 'Runs that ended without a result and without being asked to.';
COMMENT ON COLUMN what_if_jobs.beat_at IS 'When the runner was last heard of: silent for long, it is taken for dead, and another may take the job.';
COMMENT ON FUNCTION fold_counts(moved bigint[], counted bigint[], decisions count_decision[], units bigint[], percents integer[]) IS 'Walks the counts of one position in their order: what each expected, and whether it is held. moved: units since the count before.';
COMMENT ON FUNCTION seq_held_at(location integer, journal integer, instant timestamp with time zone) IS 'Up to which seq the hub held a journal at an instant. Journals are taken in order, what is set aside included: so halves are looked at, the newest end first. A seq of which no row is told was a duplicate.';

-- The ledger in full: counts that wait for approval, transfers in two steps, and what lists of it are read by.

-- Counts held beyond a limit --------------------------------------------------------------------------------------

CREATE TYPE count_decision AS ENUM ('approved', 'rejected');

ALTER TABLE counts ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN counts.held IS 'Not in force: its variance is beyond the limit and nobody has approved it, or it was rejected.';
CREATE INDEX counts_held ON counts (location_no, sku, at, journal_no, seq) WHERE held AND NOT voided;
CREATE INDEX counts_by_at ON counts (location_no, at);

ALTER TABLE positions ADD COLUMN held boolean NOT NULL DEFAULT false;
COMMENT ON COLUMN positions.held IS 'A count after the anchor is held: what comes before it changes its variance, though not onHand.';
CREATE INDEX positions_by_sku ON positions (sku, location_no);

CREATE TABLE count_limits (
  location_no int NOT NULL,
  from_at bigint NOT NULL,
  units bigint CHECK (units >= 0),
  percent int CHECK (percent >= 0),
  set_by text NOT NULL,
  set_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (location_no, from_at)
);
COMMENT ON TABLE count_limits IS
  'How far a count may lie from what was expected, for counts from from_at on. location_no 0: of every location without its own.';
COMMENT ON COLUMN count_limits.units IS 'A count is held when it is beyond every part that is set; with none it never is.';

CREATE TABLE count_decisions (
  location_no int NOT NULL,
  sku text COLLATE "C" NOT NULL,
  at bigint NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  decision count_decision NOT NULL,
  decided_by text NOT NULL,
  note text NOT NULL,
  decided_at timestamptz NOT NULL DEFAULT now(),
  PRIMARY KEY (location_no, sku, at, journal_no, seq)
);
COMMENT ON TABLE count_decisions IS 'Positions are a function of facts, count_limits and these: they are never changed.';

CREATE FUNCTION fold_counts(moved bigint[], counted bigint[], decisions count_decision[], units bigint[], percents int[])
RETURNS TABLE (place int, expected bigint, held boolean)
LANGUAGE plpgsql IMMUTABLE ROWS 5 AS $$
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
END $$;
COMMENT ON FUNCTION fold_counts(bigint[], bigint[], count_decision[], bigint[], int[]) IS
  'Walks the counts of one position in their order: what each expected, and whether it is held. moved: units since the count before.';

-- Transfers -----------------------------------------------------------------------------------------------------------

CREATE TABLE transfers (
  transfer_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  from_code text COLLATE "C" NOT NULL,
  transfer text COLLATE "C" NOT NULL,
  began_at bigint,
  in_transit bigint NOT NULL DEFAULT 0,
  discrepancies bigint NOT NULL DEFAULT 0,
  UNIQUE (from_code, transfer)
);
COMMENT ON TABLE transfers IS 'Known by the sender''s code and id. Whoever changes anything of a transfer holds its row first.';
COMMENT ON COLUMN transfers.discrepancies IS 'Units that are missing and units that are over, added up.';
CREATE INDEX transfers_open ON transfers (transfer_no) WHERE in_transit > 0 OR discrepancies > 0;
CREATE INDEX transfers_in_transit ON transfers (transfer_no) WHERE in_transit > 0;
CREATE INDEX transfers_discrepancy ON transfers (transfer_no) WHERE discrepancies > 0;

CREATE TABLE transfer_entries (
  transfer_no bigint NOT NULL REFERENCES transfers,
  location_no int NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  line smallint NOT NULL,
  at bigint NOT NULL,
  incoming boolean NOT NULL,
  place text COLLATE "C" NOT NULL,
  final boolean NOT NULL,
  expected_at bigint,
  sku text COLLATE "C",
  quantity int NOT NULL,
  voided boolean NOT NULL DEFAULT false,
  PRIMARY KEY (transfer_no, location_no, journal_no, seq, line)
);
COMMENT ON TABLE transfer_entries IS 'The lines of transferOut and transferIn facts, by transfer. A final receipt without lines has one without a sku.';
COMMENT ON COLUMN transfer_entries.place IS 'The code of the store that it was sent to, or in which it was received; perhaps of none that is known.';
CREATE INDEX transfer_entries_by_fact ON transfer_entries (location_no, journal_no, seq);
CREATE INDEX transfer_entries_by_place ON transfer_entries (place, sku) WHERE NOT incoming;

CREATE TABLE transfer_settlements (
  settlement_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  transfer_no bigint NOT NULL REFERENCES transfers,
  sku text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  units int NOT NULL CHECK (units <> 0),
  reason text NOT NULL,
  note text NOT NULL,
  settled_by text NOT NULL,
  settled_at timestamptz NOT NULL DEFAULT now()
);
COMMENT ON COLUMN transfer_settlements.units IS 'Above zero: missing, and given up; below zero: received though never sent.';
CREATE INDEX transfer_settlements_of ON transfer_settlements (transfer_no);

CREATE TABLE transfer_lines (
  transfer_no bigint NOT NULL REFERENCES transfers,
  sku text COLLATE "C" NOT NULL,
  place text COLLATE "C" NOT NULL,
  sent bigint NOT NULL,
  received bigint NOT NULL,
  written_off bigint NOT NULL,
  in_transit bigint NOT NULL,
  discrepancy bigint NOT NULL,
  expected_at bigint,
  PRIMARY KEY (transfer_no, sku, place)
);
COMMENT ON TABLE transfer_lines IS
  'Summed from transfer_entries and transfer_settlements: over all places sent - received - written_off = in_transit + discrepancy.';
CREATE INDEX transfer_lines_on_the_way ON transfer_lines (place, sku) INCLUDE (in_transit, expected_at) WHERE in_transit > 0;
CREATE INDEX transfer_lines_by_place ON transfer_lines (place, transfer_no);

CREATE VIEW in_transit AS
  SELECT l.location_no, t.sku, t.in_transit AS units, t.expected_at, t.transfer_no
  FROM transfer_lines t
  JOIN locations l ON l.code = t.place
  WHERE t.in_transit > 0;
COMMENT ON VIEW in_transit IS 'Units on their way to a location, a row a transfer. expected_at: when all of them should be there; NULL: nobody said.';

-- Reports ---------------------------------------------------------------------------------------------------------------

CREATE INDEX facts_adjustments ON facts (location_no, at, journal_no, seq) WHERE kind = 'adjustment';

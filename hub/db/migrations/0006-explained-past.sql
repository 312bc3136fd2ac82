-- The past is explained within bounds: by what an instant's own marks say, and back to a horizon.

ALTER TABLE positions ADD COLUMN born_at timestamptz NOT NULL DEFAULT now();
COMMENT ON COLUMN positions.born_at IS 'When the merge began that took its first fact: as received_at of that.';
UPDATE positions p SET born_at = first.at
FROM (
  SELECT line.location_no, line.sku, min(f.received_at) AS at
  FROM (
    SELECT location_no, sku, journal_no, seq FROM movements
    UNION ALL
    SELECT location_no, sku, journal_no, seq FROM counts
  ) AS line
  JOIN facts f USING (location_no, journal_no, seq)
  GROUP BY line.location_no, line.sku
) AS first
WHERE p.location_no = first.location_no AND p.sku = first.sku;

-- What was held when ------------------------------------------------------------------------------------------------

CREATE FUNCTION seq_held_at(location int, journal int, instant timestamptz) RETURNS bigint
LANGUAGE plpgsql STABLE AS $$
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
END $$;
COMMENT ON FUNCTION seq_held_at(int, int, timestamptz) IS
  'Up to which seq the hub held a journal at an instant. Journals are taken in order, what is set aside included: so halves are looked at, the newest end first. A seq of which no row is told was a duplicate.';

-- Estimates of demand as they were ----------------------------------------------------------------------------------

ALTER TABLE demand ADD COLUMN sold bigint NOT NULL DEFAULT 0;
COMMENT ON COLUMN demand.sold IS 'Units, neither weighted nor capped.';
UPDATE demand d SET sold = s.sold
FROM (
  SELECT m.location_no, m.sku, -sum(m.quantity) AS sold
  FROM movements m
  JOIN facts f USING (location_no, journal_no, seq)
  WHERE f.kind = 'sale' AND f.seq <= (SELECT max(k.seq) FROM demand_marks k WHERE k.journal_no = f.journal_no)
  GROUP BY m.location_no, m.sku
) AS s
WHERE d.location_no = s.location_no AND d.sku = s.sku;

CREATE TABLE demand_past (
  sku text COLLATE "C" NOT NULL,
  location_no int NOT NULL,
  run_no int NOT NULL,
  units float8 NOT NULL,
  squares float8 NOT NULL,
  first_at bigint NOT NULL,
  sold bigint NOT NULL,
  PRIMARY KEY (sku, location_no, run_no)
);
COMMENT ON TABLE demand_past IS 'A row of demand as a run left it, when that run changed it. Of a run the last one up to it counts.';
CREATE INDEX demand_past_by_run ON demand_past (run_no);
INSERT INTO demand_past
SELECT sku, location_no, (SELECT max(run_no) FROM demand_runs), units, squares, first_at, sold FROM demand;

-- Which run counted a released fact is told without the run itself, which is pruned.
ALTER TABLE demand_released DROP CONSTRAINT demand_released_run_no_fkey;

-- Since when --------------------------------------------------------------------------------------------------------

CREATE TABLE explained_past (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  since timestamptz NOT NULL
);
COMMENT ON TABLE explained_past IS
  'Every instant from here on is explained as it was: what only older ones rest on is pruned.';
-- Estimates were not kept before this migration.
INSERT INTO explained_past (since) SELECT CASE WHEN EXISTS (SELECT FROM demand) THEN now() ELSE '-infinity' END;

DROP INDEX recompute_chunks_by_time;
CREATE INDEX recompute_jobs_by_scope ON recompute_jobs (kind, location_no, job_no);
CREATE INDEX recompute_jobs_of_set ON recompute_jobs (rule_set_no) WHERE rule_set_no IS NOT NULL;
CREATE INDEX recompute_jobs_of_silence ON recompute_jobs (silence_no) WHERE silence_no IS NOT NULL;

-- A new location changes no number: no rules can name it before it is there.
ALTER TABLE rule_sets DROP COLUMN locations;

-- Units that a third store received are a discrepancy at both places, where they were set off against each other.
UPDATE transfer_lines SET discrepancy = sent - received - written_off - in_transit
WHERE discrepancy <> sent - received - written_off - in_transit;
UPDATE transfers t SET discrepancies = l.discrepancies
FROM (SELECT transfer_no, sum(abs(discrepancy)) AS discrepancies FROM transfer_lines GROUP BY transfer_no) AS l
WHERE t.transfer_no = l.transfer_no AND t.discrepancies <> l.discrepancies;
COMMENT ON TABLE transfer_lines IS
  'Summed from transfer_entries and transfer_settlements: sent - received - written_off = in_transit + discrepancy.';

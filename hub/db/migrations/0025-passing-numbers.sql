-- A channel that applies later may have accepted several numbers: until it has applied the last one it may say any of them.
ALTER TABLE publications ADD COLUMN passing jsonb;
COMMENT ON COLUMN publications.passing IS 'Beside in_doubt, while that settles: what the channel may say, as [number, until when (s since 1970; null: as long as in_doubt)].';
COMMENT ON COLUMN publications.version IS 'Changes when an order changes confirmed and when a call carries it: what was read before then does not count.';

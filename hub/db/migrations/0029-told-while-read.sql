-- A listing of which its channel tells while it is read is read once more.
COMMENT ON COLUMN publications.version IS 'Changes when an order changes confirmed, when a call carries it and when its channel tells of it: what was asked for before then does not count.';

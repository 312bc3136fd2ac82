-- A document that was begun is looked for where it was begun, also when the mapping leads elsewhere by now. A listing of which its
-- channel tells while a call carries it is read when the call has ended. What a hub whose clock was ahead has put off is due.
ALTER TABLE erp_documents ADD COLUMN begun_by int[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN erp_documents.begun_by IS 'Versions of the mapping by which it may have been sent. Of what an older hub began: all that there were.';
UPDATE erp_documents d SET begun_by = ARRAY(SELECT version FROM erp_mappings m WHERE m.erp_no = d.erp_no ORDER BY version)
  WHERE begun AND state <> 'posted';

ALTER TABLE publications ADD COLUMN hinted boolean NOT NULL DEFAULT false, ADD COLUMN hinted_says int;
COMMENT ON COLUMN publications.hinted IS 'The channel told that it has changed while a call carries it: looked at when that ends.';
COMMENT ON COLUMN publications.hinted_says IS 'What it was told to say then; NULL: not told, or several.';

UPDATE order_effects SET retry_at = now() WHERE done_at IS NULL AND retry_at > now() + interval '1 hour';
UPDATE task_answers SET retry_at = now() WHERE done_at IS NULL AND retry_at > now() + interval '1 hour';

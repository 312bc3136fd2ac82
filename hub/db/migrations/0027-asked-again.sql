-- A document that was begun is looked for where it was begun, also when the mapping leads elsewhere by now.
ALTER TABLE erp_documents ADD COLUMN begun_by int[] NOT NULL DEFAULT '{}';
COMMENT ON COLUMN erp_documents.begun_by IS 'Versions of the mapping by which it may have been sent. Of what an older hub began: all that there were.';
UPDATE erp_documents d SET begun_by = ARRAY(SELECT version FROM erp_mappings m WHERE m.erp_no = d.erp_no ORDER BY version)
  WHERE begun AND state <> 'posted';

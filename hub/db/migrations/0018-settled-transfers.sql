-- What is settled of transfers is told to ERPs too, and documents of two ERPs are compared by their dates.

ALTER TABLE document_entries ADD COLUMN transfer_no bigint;
ALTER TABLE document_entries DROP CONSTRAINT document_entries_check;
ALTER TABLE document_entries ADD CONSTRAINT document_entries_check CHECK (
  (journal_no IS NOT NULL)::int + (skus IS NOT NULL)::int + (order_no IS NOT NULL)::int + (transfer_no IS NOT NULL)::int = 1
);
COMMENT ON COLUMN document_entries.transfer_no IS 'What was settled of it, in content.';

-- They are written about in the order of their dates, so an index of ranges is small and costs inserts nothing.
CREATE INDEX erp_documents_at ON erp_documents USING brin (at) WITH (pages_per_range = 32, autosummarize = on);

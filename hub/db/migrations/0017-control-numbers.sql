-- Numbers that partners of EDI expect to be without a double, and what they acknowledge by them.

ALTER TABLE erps ADD COLUMN control_number int NOT NULL DEFAULT 0;
COMMENT ON COLUMN erps.control_number IS 'The last that was given to a document; after 999,999,999 it begins anew.';

ALTER TABLE erp_documents ADD COLUMN control_number int;
ALTER TABLE erp_documents ADD COLUMN acknowledgement json;
ALTER TABLE erp_documents ADD COLUMN acknowledged_at timestamptz;
COMMENT ON COLUMN erp_documents.control_number IS
  'Of its interchange, where the ERP takes such: the same at each attempt and replay, also after a kill.';
COMMENT ON COLUMN erp_documents.acknowledgement IS 'What the partner says it did with it.';
CREATE INDEX erp_documents_control_number ON erp_documents (erp_no, control_number) WHERE control_number IS NOT NULL;

CREATE INDEX erp_documents_rejected ON erp_documents (erp_no, document_no)
  WHERE acknowledgement ->> 'state' = 'rejected';

CREATE TABLE erp_acknowledgements (
  erp_no int NOT NULL REFERENCES erps,
  digest text COLLATE "C" NOT NULL,
  name text COLLATE "C" NOT NULL,
  content text NOT NULL,
  problem text,
  read_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  PRIMARY KEY (erp_no, digest)
);
COMMENT ON TABLE erp_acknowledgements IS 'Files of acknowledgements as they came, with what could not be made of them.';

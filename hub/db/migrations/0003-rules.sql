-- Rules of availability: every version of the document, kept for good, and the tables that show the one in force.

CREATE TABLE rule_versions (
  version int PRIMARY KEY CHECK (version > 0),
  document text NOT NULL,
  rules jsonb NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  effective_from timestamptz NOT NULL,
  applied_at timestamptz NOT NULL,
  applied_by text NOT NULL,
  note text,
  based_on int REFERENCES rule_versions,
  restores int REFERENCES rule_versions,
  CHECK (effective_from >= applied_at),
  CHECK (based_on < version AND restores < version)
);
COMMENT ON TABLE rule_versions IS
  'In force at an instant: the highest version whose effective_from has come. So a newer version replaces every older one from its own effective_from on, and what was in force at a past instant can never change.';
COMMENT ON COLUMN rule_versions.document IS 'The file verbatim; rules is the same, read. digest: SHA-256 of document.';
COMMENT ON COLUMN rule_versions.based_on IS 'The newest version when this one was applied.';
COMMENT ON COLUMN rule_versions.restores IS 'The older version whose document this one brings back.';

CREATE FUNCTION refuse_rewrite() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is history: it is added to, never changed', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER rule_versions_stay BEFORE UPDATE OR DELETE OR TRUNCATE ON rule_versions
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_rewrite();

CREATE TABLE rules_shown (
  singleton boolean PRIMARY KEY DEFAULT true CHECK (singleton),
  version int REFERENCES rule_versions,
  shown_at timestamptz
);
COMMENT ON TABLE rules_shown IS
  'Which version channels, channel_locations and listings show. Locked by whoever applies or activates one.';
INSERT INTO rules_shown DEFAULT VALUES;

-- Channels: what the version in force says ----------------------------------------------------------------------------

ALTER TABLE channels
  ADD COLUMN channel_no smallint GENERATED ALWAYS AS IDENTITY UNIQUE,
  ADD COLUMN removed_at timestamptz;
COMMENT ON COLUMN channels.channel_no IS 'A place in arrays, from 1 on: stays with its code for good.';
COMMENT ON COLUMN channels.removed_at IS 'Since when no version in force has it; NULL: it is there.';

CREATE TABLE listings (
  channel_no smallint NOT NULL REFERENCES channels (channel_no),
  channel_sku text COLLATE "C" NOT NULL,
  sku text COLLATE "C" NOT NULL,
  PRIMARY KEY (channel_no, channel_sku)
);
CREATE INDEX listings_sku ON listings (sku);

ALTER TABLE products ADD COLUMN category text COLLATE "C";
CREATE INDEX products_category ON products (category) WHERE category IS NOT NULL;

-- Channels that are there already become the first version, as JSON, which is YAML too.
WITH found AS (
  SELECT jsonb_pretty(jsonb_build_object('rules', 1, 'channels', jsonb_agg(jsonb_build_object(
           'code', code, 'name', name,
           'locations', ARRAY(SELECT l.code FROM channel_locations x JOIN locations l ON l.location_no = x.location_no
                               WHERE x.channel_code = c.code ORDER BY l.code)) ORDER BY code))) || E'\n' AS document
    FROM channels c HAVING count(*) > 0
), first AS (
  INSERT INTO rule_versions (version, document, rules, digest, effective_from, applied_at, applied_by, note)
  SELECT 1, document, document::jsonb, sha256(convert_to(document, 'UTF8')),
         date_trunc('milliseconds', now()), date_trunc('milliseconds', now()), 'migration',
         'The channels that were there before rules had versions.'
    FROM found
  RETURNING version
)
UPDATE rules_shown SET version = first.version, shown_at = now() FROM first;

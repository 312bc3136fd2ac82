-- The API as a product: keys with scopes and rates, and acts that are done once however often they are sent.

-- Keys ----------------------------------------------------------------------------------------------------------------

ALTER TABLE api_keys ADD COLUMN scopes text[], ADD COLUMN per_second int NOT NULL DEFAULT 100 CHECK (per_second > 0);
UPDATE api_keys SET scopes = ARRAY[scope];
ALTER TABLE api_keys ALTER COLUMN scopes SET NOT NULL, ADD CHECK (cardinality(scopes) > 0), DROP COLUMN scope;
COMMENT ON COLUMN api_keys.scopes IS
  'What the key may: area:read or area:write, which includes it; `read` and `write` stand for every area.';
COMMENT ON COLUMN api_keys.per_second IS 'Requests in the long run, by hub process.';

-- Acts ----------------------------------------------------------------------------------------------------------------

CREATE TABLE api_acts (
  api_key text COLLATE "C" NOT NULL,
  idempotency_key text COLLATE "C" NOT NULL,
  digest bytea NOT NULL,
  run uuid NOT NULL,
  begun_at timestamptz NOT NULL DEFAULT clock_timestamp(),
  status smallint,
  answer bytea,
  PRIMARY KEY (api_key, idempotency_key),
  CHECK ((status IS NULL) = (answer IS NULL))
);
COMMENT ON TABLE api_acts IS 'Requests with an Idempotency-Key: under way while there is no status, then with their answer.';
COMMENT ON COLUMN api_acts.digest IS 'SHA-256 of the request: what a repeated key is compared by.';
COMMENT ON COLUMN api_acts.run IS 'Renewed by whoever takes over a run that died; only the newest run may keep an answer.';
COMMENT ON COLUMN api_acts.answer IS 'Sealed with the caller''s API key, which the database does not hold: answers may be secret.';
CREATE INDEX api_acts_by_age ON api_acts (begun_at);

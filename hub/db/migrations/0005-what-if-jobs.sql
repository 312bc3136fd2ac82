-- Past periods that are to be replayed under other policies, and what came of them.

CREATE TYPE what_if_state AS ENUM ('waiting', 'running', 'done', 'failed', 'cancelled');

CREATE TABLE what_if_jobs (
  job_no int GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  state what_if_state NOT NULL DEFAULT 'waiting',
  request json NOT NULL,
  created_at timestamptz NOT NULL DEFAULT now(),
  created_by text NOT NULL,
  run int NOT NULL DEFAULT 0,
  lost int NOT NULL DEFAULT 0,
  started_at timestamptz,
  beat_at timestamptz,
  phase text CHECK (phase IN ('reading', 'replaying')),
  progress float8 NOT NULL DEFAULT 0 CHECK (progress BETWEEN 0 AND 1),
  finished_at timestamptz,
  report json,
  error json,
  CHECK ((finished_at IS NULL) = (state IN ('waiting', 'running'))),
  CHECK ((beat_at IS NOT NULL) = (state = 'running')),
  CHECK ((report IS NOT NULL) = (state = 'done')),
  CHECK ((error IS NOT NULL) = (state = 'failed'))
) WITH (fillfactor = 50);
COMMENT ON TABLE what_if_jobs IS 'Documents are json: they are read back as they were written, and never searched.';
COMMENT ON COLUMN what_if_jobs.run IS
  'Raised by whoever takes the job. Only who has the newest run may write of it, so a runner that was given up cannot.';
COMMENT ON COLUMN what_if_jobs.lost IS 'Runs that ended without a result and without being asked to.';
COMMENT ON COLUMN what_if_jobs.beat_at IS 'When the runner was last heard of: silent for long, it is taken for dead, and another may take the job.';
CREATE INDEX what_if_jobs_open ON what_if_jobs (job_no) WHERE finished_at IS NULL;

-- What stores are to do for orders, and what they answer.

ALTER TYPE feed_topic ADD VALUE 'tasks';
ALTER TYPE fact_kind ADD VALUE 'task';

CREATE TABLE tasks (
  task_no bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
  order_no bigint NOT NULL REFERENCES orders,
  location_no int NOT NULL REFERENCES locations,
  kind text NOT NULL CHECK (kind IN ('collect', 'ship')),
  state text NOT NULL CHECK (state IN
    ('open', 'accepted', 'picking', 'ready', 'handedOver', 'shipped', 'rejected', 'cancelled', 'expired')),
  lines json NOT NULL,
  due_at timestamptz,
  accepted_at timestamptz,
  reason text,
  conflict text,
  position xid8 NOT NULL DEFAULT pg_current_xact_id(),
  taken_at timestamptz,
  made_at timestamptz NOT NULL,
  ended_at timestamptz,
  forgotten boolean NOT NULL DEFAULT false,
  UNIQUE (order_no, location_no)
) WITH (fillfactor = 50);
COMMENT ON TABLE tasks IS 'One an order and location, made to fit the order whenever it changes, under the order''s lock.';
COMMENT ON COLUMN tasks.lines IS 'What is to be handed over still, what of it is picked, and which reservations hold it.';
COMMENT ON COLUMN tasks.reason IS 'Why the store rejected it, or a part of it.';
COMMENT ON COLUMN tasks.conflict IS 'What the store did that the order could not take; it is done all the same.';
COMMENT ON COLUMN tasks.position IS 'Where in the change feed it was told last.';
COMMENT ON COLUMN tasks.taken_at IS 'When the store was known to have it as it is; NULL: not known to.';
COMMENT ON COLUMN tasks.forgotten IS 'It ended long ago: stores are told to forget it.';
CREATE INDEX tasks_of_store ON tasks (location_no, task_no) WHERE NOT forgotten;
CREATE INDEX tasks_not_taken ON tasks (location_no) WHERE taken_at IS NULL;
CREATE INDEX tasks_to_forget ON tasks (ended_at) WHERE NOT forgotten;
CREATE INDEX tasks_in_conflict ON tasks (task_no) WHERE conflict IS NOT NULL;

CREATE TABLE task_answers (
  location_no int NOT NULL,
  journal_no int NOT NULL,
  seq bigint NOT NULL,
  at bigint NOT NULL,
  named bigint NOT NULL,
  task_no bigint REFERENCES tasks,
  step text NOT NULL,
  reason text,
  lines json NOT NULL,
  voided boolean NOT NULL DEFAULT false,
  applied boolean NOT NULL DEFAULT false,
  received_at timestamptz NOT NULL DEFAULT now(),
  retry_at timestamptz NOT NULL DEFAULT '-infinity',
  done_at timestamptz,
  PRIMARY KEY (location_no, journal_no, seq)
);
COMMENT ON TABLE task_answers IS 'Facts of stores about tasks, written by the merge that takes them; worked on right behind it.';
COMMENT ON COLUMN task_answers.task_no IS 'NULL: this location never had the task that it names.';
COMMENT ON COLUMN task_answers.retry_at IS 'Not before, after a failure.';
COMMENT ON COLUMN task_answers.applied IS 'The order has heard of it, before it may have been voided.';
CREATE INDEX task_answers_to_do ON task_answers (retry_at) WHERE done_at IS NULL;
CREATE INDEX task_answers_of ON task_answers (task_no);

-- Stores give another product for units of an order's line; operators close what a task has as its conflict.

ALTER TABLE order_holds ADD COLUMN substitute text COLLATE "C";
COMMENT ON COLUMN order_holds.substitute IS 'The sku that a store gives instead of the line''s, which this holds; NULL: the line''s own.';

ALTER TABLE tasks ADD COLUMN conflicts int NOT NULL DEFAULT 0;
COMMENT ON COLUMN tasks.conflicts IS 'How many conflicts it has had: who closes one names it by this number, and closes no newer one unseen.';
UPDATE tasks SET conflicts = 1 WHERE conflict IS NOT NULL;

-- Lists of a grown hub find their rows by index.
CREATE INDEX tasks_by_location ON tasks (location_no, task_no);
CREATE INDEX tasks_by_state ON tasks (state, task_no);
CREATE INDEX orders_by_lane ON orders (lane, order_no);
CREATE INDEX orders_by_age ON orders (received_at);
-- The id first, as it is also asked for alone.
ALTER TABLE orders DROP CONSTRAINT orders_channel_channel_order_id_key,
  ADD CONSTRAINT orders_by_channel_order_id UNIQUE (channel_order_id, channel);

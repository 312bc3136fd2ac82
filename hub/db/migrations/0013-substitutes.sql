-- Stores give another product for units of an order's line; operators close what a task has as its conflict.

ALTER TABLE order_holds ADD COLUMN substitute text COLLATE "C";
COMMENT ON COLUMN order_holds.substitute IS 'The sku that a store gives instead of the line''s, which this holds; NULL: the line''s own.';

ALTER TABLE tasks ADD COLUMN conflicts int NOT NULL DEFAULT 0;
COMMENT ON COLUMN tasks.conflicts IS 'How many conflicts it has had: who closes one names it by this number, and closes no newer one unseen.';
UPDATE tasks SET conflicts = 1 WHERE conflict IS NOT NULL;

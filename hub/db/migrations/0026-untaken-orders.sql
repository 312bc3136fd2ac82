-- Orders of channels that cannot be taken: tried again for some days, then for people; such that do not fit for people at once.
ALTER TABLE channel_hints
  ADD COLUMN tries int NOT NULL DEFAULT 0,
  ADD COLUMN content text,
  ADD COLUMN lines json,
  ADD COLUMN aside_at timestamptz,
  ADD COLUMN hold_key text COLLATE "C",
  ADD COLUMN held json,
  ADD COLUMN dismissed_at timestamptz,
  ADD COLUMN dismissed_by text,
  ADD COLUMN note text;
COMMENT ON COLUMN channel_hints.tries IS 'Tries that failed because of this order alone. attempts counts all: by those it is tried more and more seldom.';
COMMENT ON COLUMN channel_hints.content IS 'The order as it came, where it came and could not be taken; it may be personal, and is erased after 90 days.';
COMMENT ON COLUMN channel_hints.lines IS 'What could be read of its lines: [{channelSku or sku, units}].';
COMMENT ON COLUMN channel_hints.aside_at IS 'Since when it is for people. While nothing looks at it due_at is infinity.';
COMMENT ON COLUMN channel_hints.hold_key IS 'Its lines are to be held by the reservation of this key until it is taken or dismissed.';
COMMENT ON COLUMN channel_hints.held IS 'What is held of its lines: [{line, sku, units, held}]; NULL: not yet, or nothing is to be.';
COMMENT ON TABLE channel_hints IS 'An order of which something has changed at the channel, or that could not be taken: its state is read there, so order and repetition of webhooks do not matter.';
CREATE INDEX channel_hints_held ON channel_hints (account_no, id) WHERE hold_key IS NOT NULL;
CREATE INDEX channel_hints_failed ON channel_hints (account_no, id) WHERE error IS NOT NULL;

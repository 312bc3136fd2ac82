-- Orders that are changed at their channel.
ALTER TABLE orders ADD COLUMN version bigint;
COMMENT ON COLUMN orders.version IS 'Of the channel, which grows with every change there: what comes with a lower one is older. NULL: it names none.';
COMMENT ON COLUMN orders.digest IS 'SHA-256 of content as it came last from the channel: from others, the same id with another one is kept in order_conflicts.';
COMMENT ON COLUMN orders.content IS 'As it came last from the channel, with lines that it does not name any more as called off.';

CREATE TABLE order_edits (
  order_no bigint NOT NULL REFERENCES orders,
  edit_no integer NOT NULL,
  digest bytea NOT NULL CHECK (length(digest) = 32),
  version bigint,
  content json NOT NULL,
  received_at timestamptz NOT NULL,
  received_by text NOT NULL,
  PRIMARY KEY (order_no, edit_no)
);
COMMENT ON TABLE order_edits IS 'Every content of an order that was edited at its channel, in the order in which they were followed; 0 is the first one.';

CREATE TABLE unseen_cancellations (
  channel text COLLATE "C" NOT NULL,
  channel_order_id text COLLATE "C" NOT NULL,
  version bigint,
  cancelled_at timestamptz NOT NULL,
  PRIMARY KEY (channel, channel_order_id)
);
CREATE INDEX unseen_cancellations_by_time ON unseen_cancellations (cancelled_at);
COMMENT ON TABLE unseen_cancellations IS 'Orders that were cancelled at their channel before we have seen them: what comes of them later is older. Kept for a year.';

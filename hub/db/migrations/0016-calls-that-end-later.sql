-- Calls whose end is known later (feeds), numbers that channels apply later, and how often a listing may be changed in a day.

ALTER TABLE publication_calls
  ADD COLUMN ticket text,
  ADD COLUMN ask_at timestamptz,
  ADD COLUMN outcomes json;
COMMENT ON COLUMN publication_calls.ask_at IS 'What becomes of it is known later: when the channel is asked for it next, by ticket; without a ticket, when it counts as in doubt.';
COMMENT ON COLUMN publication_calls.outcomes IS 'Of the listings that were not taken: [channel sku, outcome, code, detail].';

ALTER TABLE publications
  ADD COLUMN later_call bigint,
  ADD COLUMN later_quantity int,
  ADD COLUMN read_after boolean NOT NULL DEFAULT false,
  ADD COLUMN settles_at timestamptz,
  ADD COLUMN changes_left real,
  ADD COLUMN changes_at timestamptz,
  ADD COLUMN last_call bigint;
COMMENT ON COLUMN publications.later_call IS 'The call that carries it and ends later; an urgent number goes out beside it.';
COMMENT ON COLUMN publications.later_quantity IS 'What that call makes it say.';
COMMENT ON COLUMN publications.read_after IS 'When that call has ended it is read: another number went out beside it.';
COMMENT ON COLUMN publications.settles_at IS 'When the channel has applied what it was told (in_doubt): then it is read whether it has.';
COMMENT ON COLUMN publications.in_doubt IS 'Was sent, and the channel may have taken it or not, or has not applied it yet.';
COMMENT ON COLUMN publications.changes_left IS 'How often it could be changed at once at changes_at; NULL: as often as a full bucket allows.';
COMMENT ON COLUMN publications.last_call IS 'The last call that carried it: there its history begins.';

DROP INDEX publications_due;
CREATE INDEX publications_due ON publications (account_no, urgency DESC, channel_sku)
  WHERE due_at IS NOT NULL AND call_no IS NULL AND parked_at IS NULL AND NOT must_read AND (later_call IS NULL OR urgency > 1.01);
CREATE INDEX publications_of_later_call ON publications (later_call) WHERE later_call IS NOT NULL;
CREATE INDEX publications_settling ON publications (account_no, settles_at) WHERE settles_at IS NOT NULL;

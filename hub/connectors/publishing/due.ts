/**
 * Listings whose number may go out now. One that a call carries which ends later (a feed) goes beside it only when it is
 * likely to sell out while the channel says too much. As the index publications_due has it.
 */
export const SENDABLE = `due_at <= clock_timestamp() AND call_no IS NULL AND parked_at IS NULL AND NOT must_read
    AND (later_call IS NULL OR urgency > 1.01)`;

/** Listings that are read before anything else is sent. */
export const TO_READ = `due_at <= clock_timestamp() AND call_no IS NULL AND later_call IS NULL AND parked_at IS NULL AND must_read`;

/** Listings of which it is read whether what the channel has accepted is applied; what must be read has a time of its own. */
export const SETTLED = `settles_at <= clock_timestamp() AND call_no IS NULL AND later_call IS NULL AND parked_at IS NULL AND NOT must_read`;

/** A call carries it: what it says is known when that ends. */
export const IS_UNDER_WAY = '(p.call_no IS NOT NULL OR p.later_call IS NOT NULL)';

/** What a listing says once all that is under way is applied: all that is known where it says it already. */
export const EXPECTED = `CASE WHEN later_call IS NOT NULL AND NOT read_after THEN later_quantity
    WHEN settles_at IS NOT NULL THEN in_doubt ELSE confirmed END`;

/** Up to this share of its time a listing that its channel forgets is sent earlier, each by its name, so that not all are due at once. */
export const RENEWS_EARLIER = 0.1;

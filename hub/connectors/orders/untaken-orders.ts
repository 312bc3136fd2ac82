import { hash, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { jsonTextOf } from '#shared/protocol/json-text.ts';
import { literal } from '#hub/db/array-parameter.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { lockId } from '#hub/orders/store/unseen-cancellations.ts';
import type { OrderCame } from '../connector.ts';
import { noteOrdered } from '../publishing/note-ordered.ts';

/**
 * So many tries of an order that fail for a reason of its own, more and more seldom up to six hours apart: about four days.
 * Then it is for people.
 */
export const TRIES_MAX = 40;
/** Larger ones are cut: no channel's order is. */
const CONTENT_CHARS_MAX = 262_144;
/** As many as one reservation takes. */
const LINES_MAX = 200;

/** An order that could not be taken, and what is known of it. */
export interface Untaken {
  readonly account: number;
  readonly channel: string;
  /** null: it could not even be read what the channel calls it. */
  readonly id: string | null;
  readonly code: string;
  readonly detail: string;
  /** Absent: it did not come. */
  readonly came?: OrderCame | undefined;
  /** It will not be taken as it is, however often it is read: it is for people at once. */
  readonly isUnfit: boolean;
  /** Until it is tried again, ms. */
  readonly waitMs: number;
  /** As it was when its reading began: what was hinted at since is read again. */
  readonly hintedAt?: string | undefined;
}

interface Kept {
  readonly holdKey: string | null;
  readonly content: string | null;
  readonly isDismissed: boolean;
}

/** So that there is a row to lock: of two that keep an order at once the second one sees what the first has done. */
const ENTER = 'INSERT INTO channel_hints (account_no, id) VALUES ($1, $2) ON CONFLICT DO NOTHING';
const LOCK = `
  SELECT hold_key AS "holdKey", content, dismissed_at IS NOT NULL AS "isDismissed"
  FROM channel_hints WHERE account_no = $1 AND id = $2 FOR NO KEY UPDATE`;
const KNOWN = 'SELECT FROM orders WHERE channel = $1 AND channel_order_id = $2';
/**
 * $1 account, $2 id, $3 why, $4 as it came, $5 its lines, $6 whether it is for people, $7 ms, $8 under which key its lines are held,
 * $9 as of which hint, $10 whether it was dismissed as it is. Lines are kept as they are held.
 */
const KEEP = `
  UPDATE channel_hints h SET attempts = h.attempts + 1, tries = h.tries + 1, error = $3, content = coalesce($4, h.content),
    lines = CASE WHEN h.hold_key IS NULL THEN coalesce($5, h.lines) ELSE h.lines END, hold_key = coalesce(h.hold_key, $8),
    aside_at = CASE WHEN $6::boolean OR h.tries + 1 >= ${TRIES_MAX} THEN coalesce(h.aside_at, clock_timestamp()) ELSE h.aside_at END,
    due_at = CASE WHEN h.hinted_at > $9::timestamptz THEN clock_timestamp() WHEN $6 OR h.tries + 1 >= ${TRIES_MAX} THEN 'infinity'
      ELSE clock_timestamp() + make_interval(secs => $7::float8 / 1000) END,
    dismissed_at = CASE WHEN $10::boolean THEN h.dismissed_at END, dismissed_by = CASE WHEN $10 THEN h.dismissed_by END,
    note = CASE WHEN $10 THEN h.note END
  WHERE h.account_no = $1 AND h.id = $2`;

/**
 * Keeps an order that cannot be taken, as it came and with its reason (F5): it holds up no other. What can be read of its lines
 * has been sold: unless the order is known, they count as ordered, and are held (untaken-holds.ts).
 */
export async function keepUntaken(pool: Pool, untaken: Untaken): Promise<void> {
  const { account, channel, code, detail, came, isUnfit, waitMs, hintedAt = null } = untaken;
  const whole = came === undefined ? null : jsonTextOf(came.verbatim).toWellFormed();
  const content = whole?.slice(0, CONTENT_CHARS_MAX).toWellFormed() ?? null;
  // By all of it: others may begin alike.
  const id = untaken.id ?? `unnamed ${hash('sha256', whole ?? '').slice(0, 32)}`;
  const lines = (came?.lines ?? []).slice(0, LINES_MAX);
  await withRetries(() =>
    transaction(pool, async (client) => {
      // Else another version of it, which fits, could be taken between the look for it and the end of this.
      await lockId(client, { channel, channelOrderId: id });
      await client.query(ENTER, [account, id]);
      const [kept] = (await client.query<Kept>(LOCK, [account, id])).rows;
      const isSettled = kept?.isDismissed === true && kept.content === content;
      const mayHold = lines.length > 0 && kept?.holdKey == null && !isSettled;
      const isHeldNow = mayHold && !(await isKnown(client, channel, id));
      await client.query(KEEP, [
        account,
        id,
        JSON.stringify({ code, detail }),
        content,
        lines.length === 0 ? null : JSON.stringify(lines),
        isUnfit,
        waitMs,
        isHeldNow ? `untaken-${randomUUID()}` : null,
        hintedAt,
        isSettled,
      ]);
      if (isHeldNow) await noteOrdered(client, { channel, lines });
    }),
  );
}

async function isKnown(client: Queryable, channel: string, id: string): Promise<boolean> {
  return ((await client.query(KNOWN, [channel, id])).rowCount ?? 0) > 0;
}

const FIND = `
  SELECT id, attempts, hinted_at::text AS "hintedAt" FROM channel_hints
  WHERE account_no = $1 AND id = ANY ($2::text[]) AND error IS NOT NULL`;
/** One that was hinted at again meanwhile is read again; another version of it, which was kept meanwhile, is for people. */
const TAKEN = `
  DELETE FROM channel_hints h USING unnest($2::text[], $3::timestamptz[], $4::int[]) AS d (id, hinted_at, attempts)
  WHERE h.account_no = $1 AND h.id = d.id COLLATE "C" AND h.hinted_at = d.hinted_at AND h.attempts = d.attempts AND h.hold_key IS NULL`;

export interface KnownHint {
  readonly id: string;
  readonly hintedAt: string;
  readonly attempts: number;
}

/** Those of these that could not be taken before. */
export async function findUntaken(pool: Pool, account: number, ids: readonly string[]): Promise<KnownHint[]> {
  if (ids.length === 0) return [];
  return (await pool.query<KnownHint>(FIND, [account, ids])).rows;
}

/** They are taken: nothing has to be known of them any more. */
export async function forgetTaken(pool: Pool, account: number, hints: readonly KnownHint[]): Promise<void> {
  if (hints.length === 0) return;
  const attempts = literal(hints.map(({ attempts }) => attempts));
  await pool.query(TAKEN, [account, hints.map(({ id }) => id), hints.map(({ hintedAt }) => hintedAt), attempts]);
}

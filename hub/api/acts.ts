import { createCipheriv, createDecipheriv, hash, hkdfSync, randomBytes, randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { withRetries } from '#hub/db/transaction.ts';
import type { RouteAnswer } from './route-answer.ts';

/** How long the answer of an act is given again, at least. */
export const ACTS_KEPT_HOURS = 72;
/** A run that has not ended by then is taken for dead: its hub was killed. If it is only slow, it cannot keep its answer. */
const RUN_SECONDS_MAX = 90;
const RETRY_AFTER_MS = 1_000;
const PRUNED_AT_ONCE = 5_000;

/** A request of an API key under an Idempotency-Key. */
export interface Act {
  readonly apiKey: string;
  /** The API key itself: only who has it can read what was answered. */
  readonly secret: string;
  readonly idempotencyKey: string;
  /** Method, address and body: what the same key must come with again. */
  readonly content: string;
}

/** Keeps the answer of an act in the transaction of its effect, so that both are there or neither. */
export type Keep = (client: Queryable, answer: RouteAnswer) => Promise<void>;

/** For requests without a key. */
export const keepNothing: Keep = () => Promise.resolve();

interface ActRow {
  digest: Buffer;
  status: number | null;
  answer: Buffer | null;
}

/** Begins the act, or takes over a run that died. */
const BEGIN = `
  INSERT INTO api_acts AS a (api_key, idempotency_key, digest, run) VALUES ($1, $2, $3, $4)
  ON CONFLICT (api_key, idempotency_key) DO UPDATE SET run = excluded.run, begun_at = excluded.begun_at
    WHERE a.status IS NULL AND a.digest = excluded.digest
      AND a.begun_at < clock_timestamp() - make_interval(secs => ${RUN_SECONDS_MAX})
  RETURNING digest`;
const FIND = 'SELECT digest, status, answer FROM api_acts WHERE api_key = $1 AND idempotency_key = $2';
const KEEP = `
  UPDATE api_acts SET status = $4, answer = $5
   WHERE api_key = $1 AND idempotency_key = $2 AND run = $3 AND status IS NULL`;
const GIVE_UP = 'DELETE FROM api_acts WHERE api_key = $1 AND idempotency_key = $2 AND run = $3 AND status IS NULL';
const PRUNE = `
  DELETE FROM api_acts WHERE (api_key, idempotency_key) IN (
    SELECT api_key, idempotency_key FROM api_acts
     WHERE begun_at < clock_timestamp() - make_interval(hours => ${ACTS_KEPT_HOURS}) LIMIT ${PRUNED_AT_ONCE})`;

/**
 * Does an act once, however often it is sent: who repeats it gets the first answer.
 *
 * - Only answers are kept, no refusals: what was refused has changed nothing, and the same key may be tried again.
 * - Of two at once one runs, the other is told so (IDEMPOTENCY_IN_PROGRESS).
 * - A handler that calls `keep` in the transaction of its effect is done exactly once, whatever is killed when. Of the
 *   others the answer is kept right after the effect; after a crash between the two the same key runs them again, which
 *   they must stand.
 */
export async function doOnce(pool: Pool, act: Act, run: (keep: Keep) => Promise<RouteAnswer>): Promise<RouteAnswer> {
  const digest = hash('sha256', act.content, 'buffer');
  const mine = [act.apiKey, act.idempotencyKey, randomUUID()] as const;
  const begin = () => pool.query(BEGIN, [act.apiKey, act.idempotencyKey, digest, mine[2]]);
  if ((await withRetries(begin, { attempts: 4 })).rowCount !== 1) return answerAgain(pool, act, digest);
  let kept = false;
  const keep: Keep = async (client, answer) => {
    const { rowCount } = await client.query(KEEP, [...mine, answer.status ?? 200, seal(act.secret, answer)]);
    if (rowCount !== 1) throw inProgress('Another request with this key has taken this one over.');
    kept = true;
  };
  let answer: RouteAnswer;
  try {
    answer = await run(keep);
  } catch (error) {
    // Whether it committed may be unknown: what was kept with it stays. If this fails too, the run counts as dead soon.
    await pool.query(GIVE_UP, [...mine]).catch(() => undefined);
    throw error;
  }
  // The effect is there: to refuse now would be a lie. Who repeats it runs it again, which it stands.
  if (!kept) await keep(pool, answer).catch(() => undefined);
  return answer;
}

/** Acts whose time is over are forgotten. */
export async function pruneActs(pool: Pool): Promise<void> {
  while ((await pool.query(PRUNE)).rowCount === PRUNED_AT_ONCE);
}

async function answerAgain(pool: Pool, act: Act, digest: Buffer): Promise<RouteAnswer> {
  const find = () => pool.query<ActRow>(FIND, [act.apiKey, act.idempotencyKey]);
  const { rows } = await withRetries(find, { attempts: 4 });
  const [row] = rows;
  if (row === undefined) throw inProgress('The same request has just been refused.');
  if (!row.digest.equals(digest)) {
    throw new ShelfwireError('IDEMPOTENCY_KEY_REUSED', 'This Idempotency-Key was sent with another request before.');
  }
  if (row.answer === null || row.status === null) throw inProgress('The same request is under way.');
  const { headers, body } = unseal(act.secret, row.answer);
  return { status: row.status, headers: { ...headers, 'Idempotency-Replayed': 'true' }, body };
}

function inProgress(detail: string): ShelfwireError {
  return new ShelfwireError('IDEMPOTENCY_IN_PROGRESS', detail, { context: { retryAfterMs: RETRY_AFTER_MS } });
}

const sealed = z.object({ headers: z.record(z.string(), z.string()), body: z.unknown() });
const CIPHER = 'aes-256-gcm';
const IV_BYTES = 12;
const TAG_BYTES = 16;

function seal(secret: string, { headers = {}, body }: RouteAnswer): Buffer {
  const iv = randomBytes(IV_BYTES);
  const cipher = createCipheriv(CIPHER, sealingKey(secret), iv, { authTagLength: TAG_BYTES });
  const text = Buffer.concat([cipher.update(JSON.stringify({ headers, body }), 'utf8'), cipher.final()]);
  return Buffer.concat([iv, cipher.getAuthTag(), text]);
}

function unseal(secret: string, bytes: Buffer): z.output<typeof sealed> {
  const decipher = createDecipheriv(CIPHER, sealingKey(secret), bytes.subarray(0, IV_BYTES), {
    authTagLength: TAG_BYTES,
  });
  decipher.setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
  const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
  return sealed.parse(JSON.parse(text.toString('utf8')));
}

/** The key has 256 random bits: no need to make guessing slow. */
function sealingKey(secret: string): Buffer {
  return Buffer.from(hkdfSync('sha256', secret, '', 'shelfwire api answer', 32));
}

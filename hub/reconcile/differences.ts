import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import {
  correctionOf,
  readSettings,
  type CorrectRule,
  type CorrectionKind,
  type Side,
  type Towards,
} from './comparison.ts';
import { correctDifferences } from './correct/correct-differences.ts';

export const DIFFERENCE_STATES = ['open', 'explained', 'corrected', 'ignored', 'gone'] as const;
export type DifferenceState = (typeof DIFFERENCE_STATES)[number];
export const CAUSES = ['inFlight', 'unposted', 'unknown'] as const;
export type Cause = (typeof CAUSES)[number];

/** What supports the guess of the cause. */
export interface Evidence {
  readonly waitingUnits?: number;
  readonly perhapsFrom?: number;
  readonly perhapsTo?: number;
  readonly unpostedUnits?: number;
  /** Numbers of documents that are dead letters. */
  readonly documents?: readonly number[];
  readonly reason?: string;
}

/** A difference as it is shown. */
export interface Difference {
  readonly difference: number;
  readonly comparison: string;
  readonly side: Side;
  readonly location: string | null;
  readonly sku: string | null;
  readonly reference: string | null;
  readonly measure: 'units' | 'money';
  readonly ours: number;
  readonly theirs: number;
  readonly by: number;
  readonly unexplained: number;
  readonly valueMinor: number | null;
  readonly currency: string | null;
  readonly cause: Cause;
  readonly evidence: Evidence;
  readonly state: DifferenceState;
  readonly firstSeenAt: Date;
  readonly lastSeenAt: Date;
  readonly firstRun: number;
  readonly lastRun: number;
  readonly seen: number;
  readonly decidedBy: string | null;
  readonly decidedAt: Date | null;
  readonly note: string | null;
  readonly correction: { readonly kind: CorrectionKind; readonly key: string; readonly units: number } | null;
  readonly correctedAt: Date | null;
  readonly endedAt: Date | null;
}

const SHOWN = `
  SELECT d.difference_no AS difference, c.code AS comparison, c.side, nullif(d.location, '') AS location, nullif(d.sku, '') AS sku,
    nullif(d.reference, '') AS reference, d.measure, d.ours, d.theirs, d.difference AS by, d.unexplained, d.value_minor AS "valueMinor", d.currency,
    d.cause, d.evidence, d.state, d.first_seen_at AS "firstSeenAt", d.last_seen_at AS "lastSeenAt", d.first_run AS "firstRun",
    d.last_run AS "lastRun", d.seen, d.decided_by AS "decidedBy", d.decided_at AS "decidedAt", d.note, d.correction,
    d.corrected_at AS "correctedAt", d.ended_at AS "endedAt"
  FROM differences d JOIN comparisons c USING (comparison_no)`;

export interface DifferenceFilter {
  readonly comparison: string | undefined;
  readonly state: DifferenceState | undefined;
  readonly cause: Cause | undefined;
  readonly location: string | undefined;
  readonly sku: string | undefined;
}

/** In the order in which they were first seen. */
export async function listDifferences(
  client: Queryable,
  { comparison, state, cause, location, sku }: DifferenceFilter,
  { after, limit }: { after: number; limit: number },
): Promise<Difference[]> {
  const values: unknown[] = [after, limit];
  const and = (column: string, type: string, value: unknown): string =>
    value === undefined ? '' : ` AND ${column} = $${values.push(value)}${type}`;
  const where = [
    and('d.comparison_no', '::int', comparison === undefined ? undefined : await numberOf(client, comparison)),
    and('d.state', '::difference_state', state),
    and('d.cause', '::difference_cause', cause),
    and('d.location', '', location),
    and('d.sku', '', sku),
  ].join('');
  const text = `${SHOWN} WHERE d.difference_no > $1${where} ORDER BY d.difference_no LIMIT $2`;
  return (await client.query<Difference>(text, values)).rows;
}

/** 0, which no comparison has, for one that is not there: then nothing is listed. */
async function numberOf(client: Queryable, code: string): Promise<number> {
  const { rows } = await client.query<{ number: number }>(
    'SELECT comparison_no AS number FROM comparisons WHERE code = $1',
    [code],
  );
  return rows[0]?.number ?? 0;
}

/** Throws NOT_FOUND. */
export async function requireDifference(client: Queryable, difference: number): Promise<Difference> {
  const [found] = (await client.query<Difference>(`${SHOWN} WHERE d.difference_no = $1`, [difference])).rows;
  if (found === undefined) throw new ShelfwireError('NOT_FOUND', `There is no difference ${difference}.`);
  return found;
}

const LOCK = `
  SELECT d.difference_no AS difference, d.location, d.sku, d.reference, d.unexplained AS units, d.measure, d.state, d.ended_at IS NOT NULL AS "isEnded",
    c.side, c.settings, c.correct
  FROM differences d JOIN comparisons c USING (comparison_no) WHERE d.difference_no = $1 FOR NO KEY UPDATE OF d`;

interface Locked {
  readonly difference: number;
  readonly location: string;
  readonly sku: string;
  readonly reference: string;
  readonly units: number;
  readonly measure: 'units' | 'money';
  readonly state: DifferenceState;
  readonly isEnded: boolean;
  readonly side: Side;
  readonly settings: unknown;
  readonly correct: CorrectRule;
}

const DECIDE = `
  UPDATE differences SET state = $2::difference_state, decided_by = $3, decided_at = clock_timestamp(), note = $4 WHERE difference_no = $1`;

export interface Decision {
  readonly by: string;
  readonly note: string | null;
}
type Kept = (client: Queryable, difference: Difference) => Promise<void>;

/**
 * Corrects a difference: decided once, done once. `towards` is as its comparison says unless given. Throws NOT_FOUND, CONFLICT for one
 * that is decided or gone, RECONCILE_NOT_CORRECTABLE.
 */
export function approveDifference(
  pool: Pool,
  difference: number,
  { by, note, towards }: Decision & { readonly towards: Towards | undefined },
  kept: Kept,
): Promise<Difference> {
  return decide(pool, difference, kept, async (client, locked) => {
    const { side, correct, measure, units } = locked;
    if (correct.mode === 'never') {
      throw new ShelfwireError('RECONCILE_NOT_CORRECTABLE', 'Its comparison is set to correct nothing.');
    }
    const kind = correctionOf(side, towards ?? correct.towards);
    if (units === 0) {
      throw new ShelfwireError(
        'RECONCILE_NOT_CORRECTABLE',
        'It comes right when what is under way, or set aside, has arrived.',
      );
    }
    const isWhole = measure === 'units' && Number.isInteger(units) && Math.abs(units) <= LIMITS.quantityPerLine;
    if (!isWhole) {
      throw new ShelfwireError(
        'RECONCILE_NOT_CORRECTABLE',
        `${units} cannot be corrected: it must be whole units, at most ${LIMITS.quantityPerLine}.`,
      );
    }
    const settings = readSettings(side, locked.settings);
    await correctDifferences(client, { side, settings }, [locked], { kind, by, note });
  });
}

/** It stays as it is, and is not shown as open until it changes. Throws NOT_FOUND, CONFLICT. */
export function ignoreDifference(
  pool: Pool,
  difference: number,
  { by, note }: Decision,
  kept: Kept,
): Promise<Difference> {
  return decide(pool, difference, kept, async (client) => {
    await client.query(DECIDE, [difference, 'ignored', by, note]);
  });
}

/** Takes back that it is ignored. Throws NOT_FOUND, CONFLICT. */
export function reopenDifference(
  pool: Pool,
  difference: number,
  { by, note }: Decision,
  kept: Kept,
): Promise<Difference> {
  return act(pool, difference, kept, async (client, { state, isEnded }) => {
    if (state !== 'ignored' || isEnded) throw decidedAlready(difference, state);
    await client.query(DECIDE, [difference, 'open', by, note]);
  });
}

function decide(
  pool: Pool,
  difference: number,
  kept: Kept,
  work: (client: Queryable, locked: Locked) => Promise<void>,
): Promise<Difference> {
  return act(pool, difference, kept, async (client, locked) => {
    const { state, isEnded } = locked;
    if (isEnded || (state !== 'open' && state !== 'explained')) throw decidedAlready(difference, state);
    await work(client, locked);
  });
}

function act(
  pool: Pool,
  difference: number,
  kept: Kept,
  work: (client: Queryable, locked: Locked) => Promise<void>,
): Promise<Difference> {
  return withRetries(() =>
    transaction(pool, async (client) => {
      const [locked] = (await client.query<Locked>(LOCK, [difference])).rows;
      if (locked === undefined) throw new ShelfwireError('NOT_FOUND', `There is no difference ${difference}.`);
      await work(client, locked);
      const shown = await requireDifference(client, difference);
      await kept(client, shown);
      return shown;
    }),
  );
}

function decidedAlready(difference: number, state: DifferenceState): ShelfwireError {
  return new ShelfwireError('CONFLICT', `Difference ${difference} is ${state}.`);
}

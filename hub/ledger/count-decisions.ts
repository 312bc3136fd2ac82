import type { Pool, PoolClient } from 'pg';
import { transaction, type Within } from '#hub/db/transaction.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CountDecision } from '#shared/stock/count-limit.ts';
import { noteRecounts } from '#hub/outbox/documents/note-entries.ts';
import { lockLocations } from './merge.ts';
import { Moves, type StockObserver } from './moves.ts';
import { recount } from './stock.ts';

/** A counted sku of one count fact. */
export interface CountPlace {
  readonly location: number;
  readonly sku: string;
  readonly journal: number;
  readonly seq: number;
}

/** Who decided, and why; kept with the decision. */
export interface DecidedBy {
  readonly by: string;
  readonly note: string;
}

/** How far counts may lie from what was expected, from an instant on. Location 0: wherever there is no limit of its own. */
export interface NewCountLimit {
  readonly location: number;
  readonly fromAt: number;
  readonly units: number | null;
  readonly percent: number | null;
  readonly by: string;
}

export interface CountDecisions {
  /** Lets a held count in, or leaves it out for good. Throws NOT_FOUND; CONFLICT when it is not held, or was decided. */
  readonly decide: (count: CountPlace, decision: CountDecision, decided: DecidedBy, within?: Within) => Promise<void>;
  /** Throws CONFLICT when a limit of this location begins at that instant or later already. */
  readonly setLimit: (limit: NewCountLimit, within?: Within) => Promise<void>;
}

interface CountRow {
  at: number;
  held: boolean;
  voided: boolean;
  decision: CountDecision | null;
}

const FIND = `
  SELECT c.at, c.held, c.voided, d.decision
    FROM facts f
    JOIN counts c ON c.location_no = f.location_no AND c.sku = $4 AND c.at = f.at
                 AND c.journal_no = f.journal_no AND c.seq = f.seq
    LEFT JOIN count_decisions d
      ON (d.location_no, d.sku, d.at, d.journal_no, d.seq) = (c.location_no, c.sku, c.at, c.journal_no, c.seq)
   WHERE f.location_no = $1 AND f.journal_no = $2 AND f.seq = $3`;

const DECIDE = `
  INSERT INTO count_decisions (location_no, journal_no, seq, sku, at, decision, decided_by, note)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8)`;

const SET_LIMIT = `
  INSERT INTO count_limits (location_no, from_at, units, percent, set_by)
  SELECT $1, $2, $3, $4, $5
   WHERE NOT EXISTS (SELECT FROM count_limits WHERE location_no = $1 AND from_at >= $2)`;

const JUDGED = 'SELECT DISTINCT location_no, sku FROM counts WHERE location_no = ANY ($1::int[]) AND at >= $2';

/**
 * Decisions about counts beyond the limit. Each is taken under the location's merge lock, like a merge: positions are a
 * function of the facts, the limits and the decisions that are committed (M1).
 */
export function createCountDecisions(pool: Pool, observer?: StockObserver): CountDecisions {
  return {
    decide: (count, decision, { by, note }, within) =>
      transaction(pool, async (client) => {
        const { location, journal, seq, sku } = count;
        await lockLocations(client, [location]);
        const { rows } = await client.query<CountRow>(FIND, [location, journal, seq, sku]);
        const at = heldAt(rows[0], count);
        await client.query(DECIDE, [location, journal, seq, sku, at, decision, by, note]);
        const moves = new Moves();
        await recount(client, [location], [sku], moves);
        await noteRecounts(client, [location], [sku]);
        await moves.tell(client, observer);
        await within?.(client);
      }),

    setLimit: ({ location, fromAt, units, percent, by }, within) =>
      transaction(pool, async (client) => {
        const locations = location === 0 ? await everyLocation(client) : [location];
        await lockLocations(client, locations);
        const { rowCount } = await client.query(SET_LIMIT, [location, fromAt, units, percent, by]);
        if (rowCount === 0)
          throw new ShelfwireError('CONFLICT', 'A limit from that instant on, or later, is set already.');
        // Counts of that time may have come already: they are judged by it too.
        const judged = await client.query<{ location_no: number; sku: string }>(JUDGED, [locations, fromAt]);
        const moves = new Moves();
        const places = judged.rows.map((row) => row.location_no);
        const skus = judged.rows.map((row) => row.sku);
        await recount(client, places, skus, moves);
        await noteRecounts(client, places, skus);
        await moves.tell(client, observer);
        await within?.(client);
      }),
  };
}

function heldAt(row: CountRow | undefined, { journal, seq, sku }: CountPlace): number {
  const what = `Count ${journal}-${seq} of "${sku}"`;
  if (!row) throw new ShelfwireError('NOT_FOUND', `${what} is not there.`);
  if (row.voided) throw new ShelfwireError('CONFLICT', `${what} was voided.`);
  if (row.decision) throw new ShelfwireError('CONFLICT', `${what} was ${row.decision} already.`);
  if (!row.held) throw new ShelfwireError('CONFLICT', `${what} is not held: it is in force.`);
  return row.at;
}

async function everyLocation(client: PoolClient): Promise<number[]> {
  const { rows } = await client.query<{ location_no: number }>('SELECT location_no FROM locations');
  return rows.map((row) => row.location_no);
}

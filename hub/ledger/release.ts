import type { Pool, PoolClient } from 'pg';
import { transaction, type Within } from '#hub/db/transaction.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { decodeFrame, type ReadFact } from '#shared/protocol/frame.ts';
import { enterStock, lockLocations, stockOf } from './merge.ts';
import type { StockObserver } from './moves.ts';
import type { PlacedFact } from './placed-fact.ts';
import { INSERT_RELEASED } from './statements.ts';
import { requireOtherEnd } from './transfers-to-itself.ts';

/** An operator's decision on a quarantined fact, kept with it. */
export interface Decision {
  readonly by: string;
  readonly note: string | null;
}

interface QuarantineRow {
  location_no: number;
  journal_no: number;
  seq: number;
  resolved_at: Date | null;
  protocol_line: Buffer;
}

export interface QuarantineDecisions {
  /**
   * Merges a quarantined fact after all, as today's schemas read it, under `asKey` when it is another document than
   * the one that has its key. Throws NOT_FOUND, CONFLICT (decided already), KEY_REUSED, or why it still cannot be read.
   */
  readonly release: (
    id: number,
    decision: Decision & { readonly asKey: string | undefined },
    within?: Within,
  ) => Promise<void>;
  /** Closes the case without merging; the fact stays as it is. Throws NOT_FOUND, CONFLICT. */
  readonly dismiss: (id: number, decision: Decision, within?: Within) => Promise<void>;
}

export function createQuarantineDecisions(pool: Pool, observer?: StockObserver): QuarantineDecisions {
  return {
    release: (id, decision, within) =>
      transaction(pool, async (client) => {
        const row = await takeUndecided(client, id);
        const fact = readAgain(row, decision.asKey);
        const placed: PlacedFact = { location: row.location_no, journal: row.journal_no, fact };
        await lockLocations(client, [placed.location]);
        await requireOtherEnd(client, placed);
        await enter(client, placed, observer);
        await decide(client, id, 'released', decision);
        await within?.(client);
      }),
    dismiss: (id, decision, within) =>
      transaction(pool, async (client) => {
        await takeUndecided(client, id);
        await decide(client, id, 'dismissed', decision);
        await within?.(client);
      }),
  };
}

async function takeUndecided(client: PoolClient, id: number): Promise<QuarantineRow> {
  const { rows } = await client.query<QuarantineRow>(
    'SELECT location_no, journal_no, seq, resolved_at, protocol_line FROM quarantine WHERE quarantine_no = $1 FOR UPDATE',
    [id],
  );
  const [row] = rows;
  if (!row) throw new ShelfwireError('NOT_FOUND', `There is no quarantined fact ${id}.`);
  if (row.resolved_at)
    throw new ShelfwireError('CONFLICT', `Fact ${id} was decided at ${row.resolved_at.toISOString()}.`);
  return row;
}

/** Reads the verbatim line as it would be read today: a line of the wire, or protocol 1's JSON. */
function readAgain(row: QuarantineRow, asKey: string | undefined): Extract<ReadFact, { ok: true }> {
  const isJson = row.protocol_line[0] === '{'.charCodeAt(0);
  const frame = isJson ? Buffer.concat([Buffer.from('['), row.protocol_line, Buffer.from(']')]) : row.protocol_line;
  const [fact] = decodeFrame(frame, isJson ? 'json' : 'lines', row.seq, 1);
  if (!fact) throw new Error('a frame of one fact held none');
  if (!fact.ok) throw new ShelfwireError(fact.code, fact.detail);
  return asKey === undefined ? fact : { ...fact, key: asKey };
}

async function enter(client: PoolClient, placed: PlacedFact, observer: StockObserver | undefined): Promise<void> {
  const { location, journal, fact } = placed;
  const { rows } = await client.query<{ voided: boolean }>({
    ...INSERT_RELEASED,
    values: [
      location,
      journal,
      fact.seq,
      fact.at,
      fact.offsetMs,
      fact.content.kind,
      fact.digest,
      fact.key,
      fact.correlationId === fact.key ? null : fact.correlationId,
      fact.source,
      fact.bodyText,
    ],
  });
  const [taken] = rows;
  if (!taken) {
    throw new ShelfwireError('KEY_REUSED', `Another fact has the key "${fact.key}".`, {
      remedy: 'If it is a different document, release it under a new key (`asKey`); else dismiss it.',
    });
  }
  const moves = await enterStock(
    client,
    stockOf([placed]),
    new Map([[journal, { voided: new Set(taken.voided ? [fact.seq] : []) }]]),
  );
  await moves.tell(client, observer);
}

async function decide(client: PoolClient, id: number, resolution: string, { by, note }: Decision): Promise<void> {
  await client.query(
    'UPDATE quarantine SET resolved_at = now(), resolution = $2, resolved_by = $3, note = $4 WHERE quarantine_no = $1',
    [id, resolution, by, note],
  );
}

import type { Pool } from 'pg';
import type { IncomingFrame } from '#hub/ledger/incoming.ts';
import { Moves } from '#hub/ledger/moves.ts';
import { recount } from '#hub/ledger/stock.ts';
import { sumTransfers } from '#hub/ledger/transfers.ts';
import type { ReadFact } from '#shared/protocol/frame.ts';
import type { MergeableFact } from '#shared/stock/merge.ts';
import { emptyTables } from './empty-tables.ts';
import { JOURNALS, type JudgedHistory } from './histories.ts';

/** Empty tables; locations 1 and 2, journals 1-3 as in the histories. */
export async function seedLocations(pool: Pool): Promise<void> {
  await pool.query(`
    ${emptyTables('locations', 'devices', 'journals', 'facts', 'movements', 'counts', 'voids', 'positions', 'quarantine', 'changes', 'count_limits', 'count_decisions', 'transfers')}
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO devices (location_no, name, public_key)
      VALUES (1, 'a', decode(repeat('01', 32), 'hex')), (1, 'b', decode(repeat('02', 32), 'hex')),
             (2, 'c', decode(repeat('03', 32), 'hex'));
    INSERT INTO journals (device_no, epoch, location_no) VALUES (1, 1, 1), (2, 1, 1), (3, 1, 2);`);
}

function read(fact: MergeableFact): ReadFact {
  const { order, key, digest, content } = fact;
  const bodyText = JSON.stringify(content.body);
  const { at, seq } = order;
  return { ok: true, seq, at, offsetMs: 0, key, correlationId: key, source: 'test', content, bodyText, digest };
}

export function frameOf(facts: readonly MergeableFact[]): IncomingFrame {
  const [first] = facts;
  if (!first) throw new Error('a frame holds at least one fact');
  const { location, order } = first;
  return { location, journal: order.journal, fromSeq: order.seq, facts: facts.map(read) };
}

/** Cuts each journal into frames and deals the frames of all journals to transactions, some sent twice. */
export function deal(facts: readonly MergeableFact[], sizes: readonly number[]): IncomingFrame[][] {
  let turn = 0;
  const next = (): number => sizes[turn++ % sizes.length] ?? 1;
  const queues = JOURNALS.map(({ journal }) => {
    const own = facts.filter((fact) => fact.order.journal === journal);
    const frames: IncomingFrame[] = [];
    for (let from = 0; from < own.length;) {
      const size = next();
      frames.push(frameOf(own.slice(from, from + size)));
      if (size % 3 === 0) frames.push(frameOf(own.slice(Math.max(0, from - 2), from + size)));
      from += size;
    }
    return frames;
  });
  const transactions: IncomingFrame[][] = [];
  while (queues.some((queue) => queue.length > 0)) {
    const together = queues.flatMap((queue) => queue.splice(0, 1 + (next() % 2)));
    if (together.length > 0) transactions.push(together);
  }
  return transactions;
}

export async function positionsIn(pool: Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ name: string; state: unknown }>(`
    SELECT p.location_no || ' ' || p.sku AS name,
      jsonb_build_object('onHand', on_hand, 'damaged', damaged, 'quarantined', quarantined, 'counts', coalesce((
        SELECT jsonb_agg(counted || '/' || expected
            || CASE WHEN decision = 'rejected' THEN ' rejected' WHEN held THEN ' held' ELSE '' END ORDER BY at, journal_no, seq)
        FROM counts c LEFT JOIN count_decisions d USING (location_no, sku, at, journal_no, seq)
        WHERE c.location_no = p.location_no AND c.sku = p.sku AND NOT voided), '[]')) AS state
    FROM positions p ORDER BY 1`);
  return Object.fromEntries(rows.map((row) => [row.name, row.state]));
}

export async function transfersIn(pool: Pool): Promise<Record<string, unknown>> {
  const { rows } = await pool.query<{ name: string; state: unknown }>(`
    SELECT concat_ws(' ', t.from_code, t.transfer, l.sku, l.place) AS name,
      json_build_object('sent', sent, 'received', received, 'writtenOff', written_off, 'inTransit', l.in_transit,
        'discrepancy', discrepancy, 'expectedAt', expected_at) AS state
    FROM transfer_lines l JOIN transfers t USING (transfer_no) WHERE sent <> 0 OR received <> 0 OR written_off <> 0`);
  return Object.fromEntries(rows.map((row) => [row.name, row.state]));
}

/** Limits and decisions as rows, before all facts, between them, or after all: then they must be looked at again. */
export async function judge(pool: Pool, { limits, verdicts, writeOffs }: JudgedHistory): Promise<void> {
  for (const { location, fromAt, units, percent } of limits) {
    const text = 'INSERT INTO count_limits (location_no, from_at, units, percent, set_by) VALUES ($1, $2, $3, $4, $5)';
    await pool.query(text, [location, fromAt, units, percent, 'anna']);
  }
  for (const { location, sku, order, decision } of verdicts) {
    const text = `INSERT INTO count_decisions (location_no, sku, at, journal_no, seq, decision, decided_by, note)
      VALUES ($1, $2, $3, $4, $5, $6, 'anna', 'looked again')`;
    await pool.query(text, [location, sku, order.at, order.journal, order.seq, decision]);
  }
  for (const { from, transfer, sku, place, units } of writeOffs) {
    const text = `WITH t AS (INSERT INTO transfers (from_code, transfer) VALUES ($1, $2)
        ON CONFLICT (from_code, transfer) DO UPDATE SET transfer = $2 RETURNING transfer_no)
      INSERT INTO transfer_settlements (transfer_no, sku, place, units, reason, note, settled_by)
      SELECT transfer_no, $3, $4, $5, 'other', 'written off', 'anna' FROM t`;
    await pool.query(text, [from, transfer, sku, place, units]);
  }
  const client = await pool.connect();
  const counted = await client.query<{ location_no: number; sku: string }>(
    'SELECT DISTINCT location_no, sku FROM counts',
  );
  const { rows } = await client.query<{ transfer_no: number }>('SELECT transfer_no FROM transfers');
  await recount(
    client,
    counted.rows.map((row) => row.location_no),
    counted.rows.map((row) => row.sku),
    new Moves(),
  );
  await sumTransfers(
    client,
    rows.map((row) => row.transfer_no),
    new Moves(),
  );
  client.release();
}

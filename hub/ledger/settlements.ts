import type { Pool, PoolClient } from 'pg';
import { transaction, type Within } from '#hub/db/transaction.ts';
import { noteSettlement } from '#hub/outbox/documents/note-entries.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { Moves, type StockObserver } from './moves.ts';
import { sumTransfers } from './transfers.ts';

/** Units of a transfer that are given up (above zero), or taken as received though never sent (below zero). */
export interface SettledLine {
  readonly sku: string;
  readonly place: string;
  readonly units: number;
}

/** Why units are settled, and of which the reason can be true: what is missing, what is over, or both. */
export const SETTLE_REASONS = {
  lostOnTheWay: 'missing',
  lostAtSource: 'missing',
  neverSent: 'missing',
  receivedUnsent: 'over',
  wentElsewhere: 'both',
  other: 'both',
} as const;
export type SettleReason = keyof typeof SETTLE_REASONS;

export interface Settlement {
  /** Absent: every discrepancy of the transfer. */
  readonly lines: readonly SettledLine[] | undefined;
  readonly reason: SettleReason;
  readonly note: string;
  readonly by: string;
}

export interface TransferSettlements {
  /** Throws NOT_FOUND; CONFLICT when nothing, or less than that, is open, or when the reason contradicts it. */
  readonly settle: (transfer: number, settlement: Settlement, within?: Within) => Promise<void>;
}

interface OpenRow {
  sku: string;
  place: string;
  in_transit: number;
  discrepancy: number;
}

const LOCK = 'SELECT FROM transfers WHERE transfer_no = $1 FOR UPDATE';
const OPEN = `
  SELECT sku, place, in_transit, discrepancy FROM transfer_lines
   WHERE transfer_no = $1 AND (in_transit > 0 OR discrepancy <> 0) ORDER BY sku, place`;
const INSERT = `
  INSERT INTO transfer_settlements (transfer_no, sku, place, units, reason, note, settled_by)
  SELECT $1, sku, place, units, $5, $6, $7 FROM unnest($2::text[], $3::text[], $4::int[]) AS s (sku, place, units)
  RETURNING settlement_no AS settlement`;

/** Settles transfers without a fact: a row that is kept, with its reason and who wrote it. */
export function createTransferSettlements(pool: Pool, observer?: StockObserver): TransferSettlements {
  return {
    settle: (transfer, { lines, reason, note, by }, within) =>
      transaction(pool, async (client) => {
        const open = await lockOpen(client, transfer);
        const settled = lines ?? open.flatMap(asDiscrepancy);
        if (settled.length === 0) throw noDiscrepancy(transfer, open);
        for (const line of settled) {
          requireOpen(open, line);
          requireReason(reason, line);
        }
        const { rows } = await client.query<{ settlement: number }>(INSERT, [
          transfer,
          settled.map(({ sku }) => sku),
          settled.map(({ place }) => place),
          settled.map(({ units }) => units),
          reason,
          note,
          by,
        ]);
        await noteSettlement(client, transfer, {
          settlement: Math.min(...rows.map(({ settlement }) => settlement)),
          reason,
          lines: settled,
        });
        const moves = new Moves();
        await sumTransfers(client, [transfer], moves);
        await moves.tell(client, observer);
        await within?.(client);
      }),
  };
}

/** Merges take the same row before they change anything of a transfer. */
async function lockOpen(client: PoolClient, transfer: number): Promise<OpenRow[]> {
  const { rowCount } = await client.query(LOCK, [transfer]);
  if (rowCount === 0) throw new ShelfwireError('NOT_FOUND', `There is no transfer ${transfer}.`);
  return (await client.query<OpenRow>(OPEN, [transfer])).rows;
}

function asDiscrepancy({ sku, place, discrepancy: units }: OpenRow): SettledLine[] {
  return units === 0 ? [] : [{ sku, place, units }];
}

function requireOpen(open: readonly OpenRow[], { sku, place, units }: SettledLine): void {
  const row = open.find((one) => one.sku === sku && one.place === place);
  const there = row ? row.in_transit + row.discrepancy : 0;
  const isWithin = units > 0 ? units <= there : units < 0 && units >= there;
  if (isWithin) return;
  throw new ShelfwireError('CONFLICT', `Of "${sku}" at ${place} ${there} units are open, not ${units}.`);
}

function noDiscrepancy(transfer: number, open: readonly OpenRow[]): ShelfwireError {
  const coming = open.reduce((sum, row) => sum + row.in_transit, 0);
  if (coming === 0) return new ShelfwireError('CONFLICT', `Transfer ${transfer} has no discrepancy.`);
  const detail = `Transfer ${transfer} has no discrepancy: ${coming} units are still in transit.`;
  const remedy = 'Wait for them, or give them up by naming them in `lines`: sku, place and units.';
  return new ShelfwireError('CONFLICT', detail, { remedy });
}

/** What is missing was not received, and what is over was not lost. */
function requireReason(reason: SettleReason, { sku, place, units }: SettledLine): void {
  const is = units > 0 ? 'missing' : 'over';
  const of = SETTLE_REASONS[reason];
  if (of === 'both' || of === is) return;
  const detail = `Of "${sku}" at ${place} ${Math.abs(units)} units are ${is}; "${reason}" is of units that are ${of}.`;
  const fitting = Object.entries(SETTLE_REASONS).filter(([, kind]) => kind === is || kind === 'both');
  const remedy = `Give ${fitting.map(([name]) => name).join(', ')}; where units are missing and others over, settle each with its own reason by \`lines\`.`;
  throw new ShelfwireError('CONFLICT', detail, { remedy });
}

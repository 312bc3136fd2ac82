import { readFileSync } from 'node:fs';
import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sku, storeCode, text } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { SETTLE_REASONS, type SettleReason, type TransferSettlements } from '#hub/ledger/settlements.ts';
import { pageAnswer } from './answers/fields.ts';
import { transferInFull, transferListed } from './answers/transfers.ts';
import { factId } from './fact-reason.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { keeping } from './keeping.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

interface TransferRow {
  id: number;
  from_code: string;
  transfer: string;
  began_at: number | null;
  in_transit: number;
  discrepancies: number;
  places: string[];
  expected_at: number | null;
}

interface LineRow {
  sku: string;
  place: string;
  sent: number;
  received: number;
  written_off: number;
  in_transit: number;
  discrepancy: number;
  expected_at: number | null;
}

interface EntryRow {
  journal_no: number;
  seq: number;
  key: string;
  location: string;
  at: number;
  received_at: Date;
  incoming: boolean;
  place: string;
  final: boolean;
  voided: boolean;
  lines: { sku: string; quantity: number }[];
}

interface SettlementRow {
  sku: string;
  place: string;
  units: number;
  reason: string;
  note: string;
  settled_by: string;
  settled_at: Date;
}

const sql = (name: string) => readFileSync(new URL(`./sql/${name}.sql`, import.meta.url), 'utf8');
const LIST = sql('transfers');
const ENTRIES = sql('transfer-facts');
const LINES = `
  SELECT sku, place, sent, received, written_off, in_transit, discrepancy, expected_at
    FROM transfer_lines WHERE transfer_no = $1 ORDER BY sku, place`;
const SETTLEMENTS = `
  SELECT sku, place, units, reason, note, settled_by, settled_at
    FROM transfer_settlements WHERE transfer_no = $1 ORDER BY settlement_no`;

/** Each has an index of its own, which a parameter would not be matched with. */
const STATES = {
  open: 't.in_transit > 0 OR t.discrepancies > 0',
  inTransit: 't.in_transit > 0',
  discrepancy: 't.discrepancies > 0',
  settled: 't.in_transit = 0 AND t.discrepancies = 0',
  any: 'true',
};

const id = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of a transfer')
  .transform(Number);
const one = z.strictObject({ id });
const place = z.int().min(0);
const reason = z.enum(Object.keys(SETTLE_REASONS) as SettleReason[]);
const settlement = z.strictObject({
  reason,
  note: text,
  /** Absent: every discrepancy. With lines also what is still in transit can be given up. */
  lines: z
    .array(
      z.strictObject({
        sku,
        place: storeCode,
        units: z.int().min(-LIMITS.quantityPerLine).max(LIMITS.quantityPerLine),
      }),
    )
    .min(1)
    .max(LIMITS.linesPerFact)
    .refine(
      (lines) => new Set(lines.map(({ sku, place }) => `${sku}\n${place}`)).size === lines.length,
      'each line once',
    )
    .optional(),
});

/** Transfers between stores: what is on its way, what is missing or over, and who settled it (M7). */
export function transferRoutes(pool: Pool, settlements: TransferSettlements): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/transfers',
      access: 'stock:read',
      summary: 'Transfers in the order in which they became known, by state, sender, place and id.',
      query: z.strictObject({
        ...pageQuery,
        state: z.enum(['open', 'inTransit', 'discrepancy', 'settled']).optional(),
        from: storeCode.optional(),
        to: storeCode.optional(),
        transfer: text.optional(),
      }),
      answer: pageAnswer(transferListed),
      async handle({ query }) {
        const after = readCursor(query.cursor, place) ?? 0;
        const list = LIST.replace('/*state*/', STATES[query.state ?? 'any']);
        const filters = [after, query.from, query.to, query.transfer, null, query.limit + 1];
        const { rows } = await snapshot(pool, (client) => client.query<TransferRow>(list, filters));
        return { body: pageOf(rows, query.limit, toTransfer, (row) => row.id) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/transfers/:id',
      access: 'stock:read',
      summary: 'One transfer with its lines, the facts that tell of it, and what was settled by hand.',
      params: one,
      answer: transferInFull,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: await snapshot(pool, (client) => readOne(client, params.id)) }),
    }),
    route({
      method: 'post',
      path: '/v1/transfers/:id/settle',
      access: 'stock:write',
      idempotencyKey: 'required',
      summary: 'Gives up what is missing, or takes what is over as received; kept with its reason.',
      params: one,
      body: settlement,
      answer: transferInFull,
      problems: ['NOT_FOUND', 'CONFLICT'],
      async handle({ params, body, caller, keep, log }) {
        const settlement = { ...body, lines: body.lines, by: caller?.name ?? '' };
        const answer = await keeping(
          keep,
          (within) => settlements.settle(params.id, settlement, within),
          async (client) => ({ body: await readOne(client, params.id) }),
        );
        log.info({ transfer: params.id, reason: body.reason }, 'a transfer was settled');
        return answer;
      },
    }),
  ];
}

async function readOne(client: Queryable, id: number) {
  const list = LIST.replace('/*state*/', STATES.any);
  const { rows } = await client.query<TransferRow>(list, [0, null, null, null, id, 1]);
  const [row] = rows;
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no transfer ${id}.`);
  const lines = await client.query<LineRow>(LINES, [id]);
  const facts = await client.query<EntryRow>(ENTRIES, [id]);
  const settled = await client.query<SettlementRow>(SETTLEMENTS, [id]);
  return {
    ...toTransfer(row),
    lines: lines.rows.map(toLine),
    facts: facts.rows.map(toFact),
    settled: settled.rows.map(toSettlement),
  };
}

function toTransfer({
  id,
  from_code: from,
  transfer,
  began_at,
  in_transit,
  discrepancies,
  places,
  expected_at,
}: TransferRow): z.output<typeof transferListed> {
  const state = discrepancies > 0 ? 'discrepancy' : in_transit > 0 ? 'inTransit' : 'settled';
  return {
    id,
    from,
    transfer,
    places,
    state,
    beganAt: isoTimeOrNull(began_at),
    expectedAt: isoTimeOrNull(expected_at),
    inTransit: in_transit,
    discrepancies,
  };
}

function toLine({ sku, place, sent, received, written_off, in_transit, discrepancy, expected_at }: LineRow) {
  return {
    sku,
    place,
    sent,
    received,
    settled: written_off,
    inTransit: in_transit,
    discrepancy,
    expectedAt: isoTimeOrNull(expected_at),
  };
}

function toFact({ journal_no, seq, key, location, at, received_at, incoming, place, final, voided, lines }: EntryRow) {
  return {
    fact: factId(journal_no, seq),
    kind: incoming ? ('transferIn' as const) : ('transferOut' as const),
    key,
    location,
    place,
    at: isoTime(at),
    receivedAt: isoTime(received_at),
    final,
    voided,
    lines,
  };
}

function toSettlement({ sku, place, units, reason, note, settled_by: by, settled_at }: SettlementRow) {
  return { sku, place, units, reason, note, by, at: isoTime(settled_at) };
}

import { z } from 'zod';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import { orderContent } from '../order/canonical-order.ts';
import { ORDER_STATES } from '../states/order-state.ts';
import type { Order } from '../states/order.ts';

/** Why an order does not go on by itself. */
export interface OrderProblem {
  readonly code: ErrorCode;
  readonly detail: string;
}

/** An order as the database has it. */
export interface StoredOrder {
  readonly number: number;
  readonly order: Order;
  readonly problem: OrderProblem | null;
  /** How many events it has. */
  readonly events: number;
  readonly receivedAt: Date;
  /** When it came into its state. */
  readonly enteredAt: Date;
  readonly dueAt: Date | null;
  readonly lookAgainAt: Date | null;
  readonly correlationId: string;
}

const code = z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]);
const count = z.int().min(0);
/** What lies in the database was written by the code of its day: read anew. */
const row = z.object({
  number: z.int(),
  content: orderContent,
  state: z.enum(ORDER_STATES),
  payment: z.enum(['pending', 'paid', 'onHandover', 'failed']),
  lines: z.array(
    z.object({
      line: z.string(),
      ordered: count,
      cancelled: count,
      calledOff: count.optional(),
      returned: count,
      places: z.array(
        z.object({
          location: z.string(),
          substitute: z.string().optional(),
          reserved: count,
          picked: count,
          handed: count,
        }),
      ),
    }),
  ),
  skus: z.record(z.string(), z.string()),
  avoid: z.array(z.object({ line: z.string(), location: z.string() })),
  refundedMinor: count,
  problem: z.object({ code, detail: z.string() }).nullable(),
  events: count,
  receivedAt: z.date(),
  enteredAt: z.date(),
  dueAt: z.date().nullable(),
  lookAgainAt: z.date().nullable(),
  correlationId: z.string(),
});

export const ORDER_COLUMNS = `
  order_no AS number, content, state::text AS state, payment, lines, skus, avoid, refunded_minor AS "refundedMinor", problem,
  events, received_at AS "receivedAt", entered_at AS "enteredAt", due_at AS "dueAt",
  look_again_at AS "lookAgainAt", correlation_id AS "correlationId"`;

export function toStoredOrder(found: unknown): StoredOrder {
  const { content, state, payment, lines, skus, avoid, refundedMinor, ...stored } = row.parse(found);
  return { ...stored, order: { content, state, payment, lines, skus, avoid, refundedMinor } };
}

/** Throws NOT_FOUND. */
export async function readOrder(client: Queryable, number: number): Promise<StoredOrder> {
  return one(client, number, '');
}

/** The same under its lock, which whoever changes it holds. */
export async function lockOrder(client: Queryable, number: number): Promise<StoredOrder> {
  return one(client, number, 'FOR UPDATE');
}

async function one(client: Queryable, number: number, lock: '' | 'FOR UPDATE'): Promise<StoredOrder> {
  const { rows } = await client.query(`SELECT ${ORDER_COLUMNS} FROM orders WHERE order_no = $1 ${lock}`, [number]);
  if (rows[0] === undefined) throw new ShelfwireError('NOT_FOUND', `There is no order ${number}.`);
  return toStoredOrder(rows[0]);
}

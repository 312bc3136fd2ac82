import type { Queryable } from '#hub/db/snapshot.ts';
import type { StepEvent } from '../states/apply-act.ts';
import type { OrderState } from '../states/order-state.ts';
import { ORDER_COLUMNS, toStoredOrder, type StoredOrder } from './stored-order.ts';

export interface OrderFilter {
  readonly state?: OrderState | undefined;
  readonly channel?: string | undefined;
  readonly channelOrderId?: string | undefined;
  readonly lane?: number | undefined;
  /** Something keeps it from going on. */
  readonly problem?: boolean | undefined;
  readonly receivedBefore?: Date | undefined;
}

/** A condition only where one is asked for, so that each has its index. */
function conditions(filter: OrderFilter, values: unknown[]): string {
  const parts: string[] = [];
  const add = (text: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(` AND ${text(`$${values.length}`)}`);
  };
  add((p) => `state = ${p}::order_state`, filter.state);
  add((p) => `channel = ${p}`, filter.channel);
  add((p) => `channel_order_id = ${p}`, filter.channelOrderId);
  add((p) => `lane = ${p}`, filter.lane);
  add((p) => `received_at < ${p}`, filter.receivedBefore);
  if (filter.problem === true) parts.push(' AND problem IS NOT NULL');
  return parts.join('');
}

/** In the order in which they came, the oldest first. */
export async function listOrders(
  client: Queryable,
  filter: OrderFilter,
  { after, limit }: { after: number; limit: number },
): Promise<StoredOrder[]> {
  const values: unknown[] = [after, limit];
  const where = conditions(filter, values);
  const text = `SELECT ${ORDER_COLUMNS} FROM orders WHERE order_no > $1${where} ORDER BY order_no LIMIT $2`;
  return (await client.query(text, values)).rows.map(toStoredOrder);
}

/** Those that should have left their state by now, the most overdue first. */
export async function listLate(
  client: Queryable,
  filter: OrderFilter,
  { now, after, limit }: { now: Date; after: readonly [number, number]; limit: number },
): Promise<StoredOrder[]> {
  const values: unknown[] = [now, new Date(after[0]), after[1], limit];
  const where = conditions(filter, values);
  const text = `
    SELECT ${ORDER_COLUMNS} FROM orders
     WHERE due_at <= $1 AND (due_at, order_no) > ($2, $3)${where} ORDER BY due_at, order_no LIMIT $4`;
  return (await client.query(text, values)).rows.map(toStoredOrder);
}

/** What belongs to one order. */
export interface OrderTrail {
  readonly events: readonly {
    readonly event: number;
    readonly at: Date;
    readonly act: string;
    readonly by: string;
    readonly detail: unknown;
    readonly steps: readonly StepEvent[];
    readonly refused: string | null;
    readonly correlationId: string;
  }[];
  readonly effects: readonly OrderEffect[];
  readonly holds: readonly {
    readonly reservation: number;
    readonly line: string;
    readonly location: string;
    readonly substitute: string | null;
    readonly units: number;
    readonly released: number;
    readonly handed: number;
  }[];
  /** What came from the channel, in the order in which it was followed, the first one included; empty: it was never edited. */
  readonly edits: readonly {
    readonly edit: number;
    readonly version: number | null;
    readonly receivedAt: Date;
    readonly by: string;
    readonly content: unknown;
  }[];
  readonly conflicts: readonly { readonly receivedAt: Date; readonly by: string; readonly content: unknown }[];
}

export interface OrderEffect {
  readonly id: number;
  readonly order: number;
  readonly kind: string;
  readonly detail: unknown;
  readonly createdAt: Date;
  readonly attempts: number;
  readonly error: unknown;
  /** Of a `reserve` why units were taken from where. */
  readonly sourcing: unknown;
  readonly doneAt: Date | null;
  readonly doneBy: string | null;
}

/** The newest; an order with more is rare, and the others are in the database. */
const SHOWN_MAX = 500;
/** Each is a whole order. */
const EDITS_SHOWN_MAX = 50;

const EVENTS = `
  SELECT event_no AS event, at, act, said_by AS by, detail, steps, refused, correlation_id AS "correlationId"
    FROM order_events WHERE order_no = $1 ORDER BY event_no DESC LIMIT ${SHOWN_MAX}`;
const EFFECT_COLUMNS = `
  effect_no AS id, order_no AS "order", kind, detail, created_at AS "createdAt", attempts, error, plan -> 'sourcing' AS sourcing, done_at AS "doneAt",
  done_by AS "doneBy"`;
const EFFECTS = `SELECT ${EFFECT_COLUMNS} FROM order_effects WHERE order_no = $1 ORDER BY effect_no DESC LIMIT ${SHOWN_MAX}`;
const HOLDS = `
  SELECT reservation_no AS reservation, line, location, substitute, units, released, handed
    FROM order_holds WHERE order_no = $1 ORDER BY reservation_no, reservation_line, location LIMIT ${SHOWN_MAX}`;
const EDITS = `
  SELECT edit_no AS edit, version, received_at AS "receivedAt", received_by AS by, content
    FROM order_edits WHERE order_no = $1 ORDER BY edit_no DESC LIMIT ${EDITS_SHOWN_MAX}`;
const CONFLICTS = `
  SELECT received_at AS "receivedAt", received_by AS by, content
    FROM order_conflicts WHERE order_no = $1 ORDER BY received_at LIMIT ${SHOWN_MAX}`;

export async function readTrail(client: Queryable, order: number): Promise<OrderTrail> {
  const rows = async <Row extends object>(text: string): Promise<Row[]> =>
    (await client.query<Row>(text, [order])).rows;
  return {
    events: (await rows<OrderTrail['events'][number]>(EVENTS)).reverse(),
    effects: (await rows<OrderEffect>(EFFECTS)).reverse(),
    holds: await rows<OrderTrail['holds'][number]>(HOLDS),
    edits: (await rows<OrderTrail['edits'][number]>(EDITS)).reverse(),
    conflicts: await rows<OrderTrail['conflicts'][number]>(CONFLICTS),
  };
}

const TO_DO = `
  SELECT ${EFFECT_COLUMNS} FROM order_effects
   WHERE done_at IS NULL AND stream = 'channel' AND effect_no > $1 AND ($2::text IS NULL OR kind = $2)
   ORDER BY effect_no LIMIT $3`;

/** What waits for whoever speaks with the channels, the oldest first. */
export async function effectsToDo(
  client: Queryable,
  { kind, after, limit }: { kind: string | undefined; after: number; limit: number },
): Promise<OrderEffect[]> {
  return (await client.query<OrderEffect>(TO_DO, [after, kind ?? null, limit])).rows;
}

export async function findEffect(client: Queryable, id: number): Promise<OrderEffect | undefined> {
  const { rows } = await client.query<OrderEffect>(`SELECT ${EFFECT_COLUMNS} FROM order_effects WHERE effect_no = $1`, [
    id,
  ]);
  return rows[0];
}

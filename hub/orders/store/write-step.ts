import type { PoolClient } from 'pg';
import { noteOrderDocuments } from '#hub/outbox/documents/note-entries.ts';
import { LANES } from '../order/canonical-order.ts';
import type { Step, StepEvent } from '../states/apply-act.ts';
import { dueAt } from '../states/deadlines.ts';
import { hasEffect } from '../states/edit-order.ts';
import type { Effect } from '../states/effects.ts';
import { ENDED_STATES, type EffectKind } from '../states/order-state.ts';
import { fitTasks } from '../tasks/fit-tasks.ts';
import type { OrderProblem, StoredOrder } from './stored-order.ts';
import { orderDocuments } from './order-documents.ts';
import { tellOrder } from './tell-order.ts';

/** Who said something of an order, and with what. */
export interface Said {
  readonly by: string;
  readonly correlationId: string;
  /** The same act carries the same key. */
  readonly key?: string | undefined;
}

/** What the history keeps of an act beside its steps. */
export interface Told extends Said {
  readonly act: string;
  readonly detail: object;
  readonly refused?: string;
}

/** What of a step the order does not say itself. */
export interface Following {
  /** Null: it goes on. */
  readonly problem: OrderProblem | null;
  /** Names or units are looked for again then. */
  readonly lookAgainAt: Date | null;
}

export type EffectStream = 'holds' | 'erp' | 'channel';

/** Of one order what is in one stream is done one after the other. */
export const STREAM_OF: Readonly<Record<EffectKind | 'validate', EffectStream>> = {
  validate: 'holds',
  reserve: 'holds',
  confirm: 'holds',
  holdSubstitutes: 'holds',
  release: 'holds',
  fulfil: 'holds',
  post: 'erp',
  unpost: 'erp',
  refund: 'channel',
  tell: 'channel',
  alarm: 'channel',
};

export type AnyEffect = Effect | { readonly kind: 'validate' };

const SAVE = `
  WITH saved AS (
    UPDATE orders SET state = $2::order_state, payment = $3, lines = $4, skus = $5, avoid = $6, refunded_minor = $7,
      events = events + 1, problem = $8, entered_at = $9, due_at = $10, look_again_at = $11
    WHERE order_no = $1 RETURNING order_no, events
  ), kept AS (
    UPDATE order_customers SET retain_until = $12 WHERE order_no = $1 AND $12::timestamptz IS NOT NULL
  )
  INSERT INTO order_events (order_no, event_no, at, act, detail, steps, said_by, correlation_id, key)
  SELECT order_no, events, $13, $14, $15, $16, $17, $18, $19 FROM saved`;

/** Saves what an act made of an order, its history, what is to be done and what stores are to do, all in the caller's transaction. */
export async function writeStep(
  client: PoolClient,
  before: StoredOrder,
  step: Step,
  { told, following, now, keepDays }: { told: Told; following: Following; now: Date; keepDays: KeepDays },
): Promise<void> {
  const { order } = step;
  const hasMoved = order.state !== before.order.state;
  const enteredAt = hasMoved ? now : before.enteredAt;
  const { lane, by } = order.content.promise;
  const due = dueAt({
    state: order.state,
    enteredAt: enteredAt.getTime(),
    lane,
    delivery: order.content.delivery.kind,
    promisedBy: by === undefined ? null : Date.parse(by),
  });
  await client.query(SAVE, [
    before.number,
    order.state,
    order.payment,
    JSON.stringify(order.lines),
    JSON.stringify(order.skus),
    JSON.stringify(order.avoid),
    order.refundedMinor,
    following.problem && JSON.stringify(following.problem),
    enteredAt,
    due === null ? null : new Date(due),
    following.lookAgainAt,
    hasMoved ? retainUntil(order.state, now, keepDays) : null,
    now,
    told.act,
    JSON.stringify(told.detail),
    JSON.stringify(step.events satisfies readonly StepEvent[]),
    told.by,
    told.correlationId,
    told.key ?? null,
  ]);
  await insertEffects(client, before.number, step.effects, now);
  await fitTasks(client, {
    number: before.number,
    order,
    before: before.order,
    why: told.act,
    dueAt: due === null ? null : new Date(due),
    now,
  });
  const { act, correlationId } = told;
  const { number, events } = before;
  await noteOrderDocuments(
    client,
    orderDocuments(step, { number, step: events + 1, before: before.order.state, correlationId, now }),
  );
  // What the customer gets is something else now, also where the state is not.
  const isOther = act === 'substitute' || (step.edited !== undefined && hasEffect(step.edited));
  if (!hasMoved && !isOther) return;
  await tellOrder(client, before.number, order, { before: before.order.state, act, correlationId, now });
}

const ASIDE = `
  WITH counted AS (UPDATE orders SET events = events + 1 WHERE order_no = $1 RETURNING order_no, events)
  INSERT INTO order_events (order_no, event_no, at, act, detail, steps, refused, said_by, correlation_id, key)
  SELECT order_no, events, $2, $3, $4, '[]', $5, $6, $7, $8 FROM counted`;

/** Keeps in the history what was said and changes nothing of the order, as what it cannot take (`refused`). */
export async function writeAside(client: PoolClient, number: number, told: Told, now: Date): Promise<void> {
  const { act, detail, refused, by, correlationId, key } = told;
  await client.query(ASIDE, [
    number,
    now,
    act,
    JSON.stringify(detail),
    refused ?? null,
    by,
    correlationId,
    key ?? null,
  ]);
}

const INSERT_EFFECTS = `
  INSERT INTO order_effects (order_no, stream, channel, kind, detail, created_at, retry_at)
  SELECT $1, stream, CASE WHEN stream = 'channel' THEN (SELECT channel FROM orders WHERE order_no = $1) END, kind, detail::json, $5,
      clock_timestamp()
    FROM unnest($2::text[], $3::text[], $4::text[]) WITH ORDINALITY AS e (stream, kind, detail, place) ORDER BY place`;

export async function insertEffects(
  client: PoolClient,
  number: number,
  effects: readonly AnyEffect[],
  now: Date,
): Promise<void> {
  if (effects.length === 0) return;
  await client.query(INSERT_EFFECTS, [
    number,
    effects.map(({ kind }) => STREAM_OF[kind]),
    effects.map(({ kind }) => kind),
    effects.map((effect) => JSON.stringify({ ...effect, kind: undefined })),
    now,
  ]);
}

/** How many days personal data is kept, counted from the last change of the state. */
export interface KeepDays {
  readonly ended: number;
  readonly open: number;
}

const DAY_MS = 86_400_000;

export function retainUntil(state: StoredOrder['order']['state'], since: Date, days: KeepDays): Date {
  return new Date(since.getTime() + DAY_MS * (ENDED_STATES.has(state) ? days.ended : Math.max(days.open, days.ended)));
}

/** The most urgent lane is 0. */
export const laneNumber = (lane: (typeof LANES)[number]): number => LANES.indexOf(lane);

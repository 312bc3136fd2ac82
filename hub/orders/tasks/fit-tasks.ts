import { isDeepStrictEqual } from 'node:util';
import type { PoolClient } from 'pg';
import { ENDED_TASK_STATES } from '#shared/protocol/messages/pull.ts';
import type { Order } from '../states/order.ts';
import type { StoredOrder } from '../store/stored-order.ts';
import { hasUntoldAnswers } from './stored-answers.ts';
import { fittedTasks, isAsked } from './task.ts';
import { insertTasks, readHeld, readTasks, updateTasks, type StoredTask } from './stored-tasks.ts';

/** An order, and after what it stands so. */
export interface Standing {
  readonly number: number;
  readonly order: Order;
  /** As it was before, where that is known: stores that were never asked need not be looked for. */
  readonly before?: Order;
  readonly why: string;
  readonly dueAt: Date | null;
  readonly now: Date;
  /** Tasks that are told in any case: something else of them has changed. */
  readonly told?: ReadonlySet<number>;
}

/**
 * Makes the tasks of an order fit it, in the transaction that changed it and under its lock: no store is asked for what the
 * order does not want, or not asked for what it wants. What has changed is told to the stores by the change feed.
 *
 * While stores have said what the order is told next, that waits (take-answers.ts): a task that counts what an answer has
 * done, and does not say that it contains the answer, would count it twice in the store.
 */
export async function fitTasks(
  client: PoolClient,
  { number, order, before, why, dueAt, now, told }: Standing,
): Promise<void> {
  if (before !== undefined && !mayHaveTasks(before) && !isAsked(order)) return;
  if (await hasUntoldAnswers(client, number)) return;
  const known = await readTasks(client, number);
  const { promise, delivery } = order.content;
  // Of what is ready, until when it waits; before that, what was promised.
  const promisedBy = promise.by === undefined || order.state === 'ready' ? null : Date.parse(promise.by);
  const fitted = fittedTasks(order, {
    why,
    dueAt: promisedBy ?? dueAt?.getTime() ?? null,
    known,
    holds: await readHeld(client, number),
  });
  const taskAt = new Map(known.map((task) => [task.location, task]));
  const made = fitted.filter(({ location }) => !taskAt.has(location));
  const changed = fitted.flatMap((task): StoredTask[] => {
    const was = taskAt.get(task.location);
    if (was === undefined) return [];
    const is = { ...task, task: was.task };
    return told?.has(was.task) === true || !isDeepStrictEqual(was, is) ? [is] : [];
  });
  await insertTasks(client, { order: number, kind: delivery.kind, tasks: made, now });
  await updateTasks(client, { kind: delivery.kind, tasks: changed, now });
}

/** Stores hear again of an order that they have to do with: something that tasks do not have themselves has changed. */
export async function tellTasksAgain(
  client: PoolClient,
  { number, order, dueAt }: Pick<StoredOrder, 'number' | 'order' | 'dueAt'>,
  now: Date,
): Promise<void> {
  const open = (await readTasks(client, number)).filter(({ state }) => !ENDED_TASK_STATES.has(state));
  if (open.length === 0) return;
  await fitTasks(client, { number, order, why: 'edit', dueAt, now, told: new Set(open.map(({ task }) => task)) });
}

const NEVER_ASKED = new Set<Order['state']>(['received', 'validated', 'allocated', 'posted']);
const mayHaveTasks = ({ state }: Order): boolean => !NEVER_ASKED.has(state);

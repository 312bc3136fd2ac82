import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { take } from '../act-on-order.ts';
import type { Act } from '../states/act.ts';
import { lockOrder, type StoredOrder } from '../store/stored-order.ts';
import { writeRefused, type Said } from '../store/write-step.ts';
import { follow, isAtRest } from '../work/follow-holds.ts';
import { workOrder, type WorkParts } from '../work/work-effects.ts';
import { beyondOrder, toHand, toPick, toPutBack } from './answer.ts';
import { fitTasks } from './fit-tasks.ts';
import {
  finishAnswers,
  markApplied,
  ordersWithAnswers,
  postponeAnswers,
  readAnswers,
  unheldUnits,
  type StoredAnswer,
} from './stored-answers.ts';
import { readTasks } from './stored-tasks.ts';

const RETRY_MS = 30_000;
/** An order comes to rest well within it: each round does what stores have said, then what follows from it. */
const ROUNDS_MAX = 8;

/**
 * Tells orders what stores have answered, each in the order of facts and under the order's lock. Level-triggered: an
 * answer is open until the transaction that has told it, whoever is killed in between.
 */
export async function takeAnswers(parts: WorkParts): Promise<void> {
  for (const number of await ordersWithAnswers(parts.pool, parts.now())) {
    try {
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const left = await withRetries(() => transaction(parts.pool, (client) => takeOf(client, parts, number)));
        await workOrder(parts, number);
        if (left === 0) break;
      }
    } catch (error) {
      parts.logger.warn(
        { order: number, err: error },
        'answers of stores could not be told to their order; tried again',
      );
      await postponeAnswers(parts.pool, number, new Date(parts.now().getTime() + RETRY_MS));
    }
  }
}

/** How many answers of an order have to wait until what the others ask for is done. */
async function takeOf(client: PoolClient, parts: WorkParts, number: number): Promise<number> {
  await lockOrder(client, number);
  const answers = await readAnswers(client, number);
  const open = answers.filter(({ done }) => !done);
  const done: StoredAnswer[] = [];
  for (const answer of open) {
    const heard = answers.filter(
      (one) => one.task === answer.task && (one.done || done.includes(one) || one === answer),
    );
    if (!(await tell(client, parts, number, answer, heard))) break;
    done.push(answer);
  }
  if (done.length === 0) return open.length;
  const now = parts.now();
  await finishAnswers(client, done, now);
  const { order, dueAt } = await lockOrder(client, number);
  await fitTasks(client, { number, order, why: 'answer', dueAt, now, told: new Set(done.map(({ task }) => task)) });
  return open.length - done.length;
}

/**
 * False: it has to wait until effects have changed what is held for the order.
 *
 * @param heard what the store has said of the task, up to this
 */
async function tell(
  client: PoolClient,
  parts: WorkParts,
  number: number,
  answer: StoredAnswer,
  heard: readonly StoredAnswer[],
): Promise<boolean> {
  const stored = await lockOrder(client, number);
  const { order } = stored;
  if (answer.voided) {
    if (answer.applied && answer.step !== 'accepted') {
      await conflict(client, answer, `The store has taken "${answer.step}" back; the order counts it still.`);
    }
    return true;
  }
  switch (answer.step) {
    case 'accepted':
      await client.query('UPDATE tasks SET accepted_at = coalesce(accepted_at, $2) WHERE task_no = $1', [
        answer.task,
        parts.now(),
      ]);
      return true;
    case 'picked':
      await act(client, parts, stored, answer, { act: 'pick', parts: toPick(order, answer.store, heard) });
      return true;
    case 'rejected':
      await client.query('UPDATE tasks SET reason = $2 WHERE task_no = $1', [answer.task, answer.reason]);
      await act(client, parts, stored, answer, {
        act: 'short',
        parts: toPutBack(order, answer.store, answer),
        gone: 'units',
      });
      return true;
    case 'handedOver':
    case 'shipped':
      return handOver(client, parts, stored, answer, heard);
    default:
      return answer.step satisfies never;
  }
}

/**
 * Units that left with their hold are known by the hold. Those whose hold had ended, or was another's, are told to the order
 * first, and end its own hold: else that would look short of them, and they would be looked for elsewhere.
 */
async function handOver(
  client: PoolClient,
  parts: WorkParts,
  stored: StoredOrder,
  answer: StoredAnswer,
  heard: readonly StoredAnswer[],
): Promise<boolean> {
  const { number } = stored;
  if (!answer.applied) {
    if (!(await isAtRest(client, number))) return false;
    await markApplied(client, answer);
    const unheld = toHand(stored.order, answer.store, await unheldUnits(client, answer));
    await act(client, parts, stored, answer, { act: 'hand', parts: unheld, bySale: false });
  }
  if (!(await follow(client, parts, number))) return false;
  const { order } = await lockOrder(client, number);
  const task = (await readTasks(client, number)).find((one) => one.task === answer.task);
  const before = new Map(task?.lines.map(({ line, handed }) => [line, handed]));
  const beyond = beyondOrder(order, answer.store, heard, before);
  if (beyond.length === 0) return true;
  const units = beyond.map((one) => `line ${one.line}: ${one.units}`).join(', ');
  await conflict(client, answer, `Handed over, though the order did not want it there any more: ${units}.`);
  const detail = { parts: beyond.map((one) => ({ ...one, location: answer.store })) };
  await writeRefused(client, number, { ...saidBy(answer), act: 'hand', detail, refused: 'TASK_CONFLICT' }, parts.now());
  return true;
}

/** What an order cannot take any more is true all the same, and is kept with the task. */
async function act(
  client: PoolClient,
  parts: WorkParts,
  stored: StoredOrder,
  answer: StoredAnswer,
  given: Act & { readonly parts: readonly unknown[] },
): Promise<void> {
  if (given.parts.length === 0) return;
  try {
    await take(client, parts, stored, given, saidBy(answer));
  } catch (error) {
    if (!(error instanceof ShelfwireError) || !error.code.startsWith('ORDER_')) throw error;
    await conflict(client, answer, `${answer.step}: ${error.message}`);
  }
}

const saidBy = ({ store, correlationId }: StoredAnswer): Said => ({ by: `store ${store}`, correlationId });

async function conflict(client: PoolClient, { task }: StoredAnswer, what: string): Promise<void> {
  await client.query('UPDATE tasks SET conflict = $2 WHERE task_no = $1', [task, what]);
}

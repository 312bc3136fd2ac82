import type { PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { BEGIN_AT_ONE_INSTANT, transaction, withRetries } from '#hub/db/transaction.ts';
import { take } from '../act-on-order.ts';
import type { Act } from '../states/act.ts';
import { lockOrder, type StoredOrder } from '../store/stored-order.ts';
import { writeAside, type Said } from '../store/write-step.ts';
import { follow, isAtRest } from '../work/follow-holds.ts';
import { workOrder, type WorkParts } from '../work/work-effects.ts';
import { beyondOrder, isHandOver, toHand, toPick, toPutBack, toReplace } from './answer.ts';
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
  for (const number of await ordersWithAnswers(parts.pool)) {
    try {
      for (let round = 0; round < ROUNDS_MAX; round += 1) {
        const left = await withRetries(() =>
          transaction(parts.pool, (client) => takeOf(client, parts, number), BEGIN_AT_ONE_INSTANT),
        );
        await workOrder(parts, number);
        if (left === 0) break;
      }
    } catch (error) {
      parts.logger.warn(
        { order: number, err: error },
        'answers of stores could not be told to their order; tried again',
      );
      await postpone(parts, number);
    }
  }
}

/** What the order has become meanwhile waited for the answers, and does no longer. */
async function postpone(parts: WorkParts, number: number): Promise<void> {
  await postponeAnswers(parts.pool, number, RETRY_MS);
  await withRetries(() => transaction(parts.pool, (client) => fit(client, parts, number, new Set()))).catch(
    (error: unknown) =>
      parts.logger.warn({ order: number, err: error }, 'tasks of an order could not be made to fit it'),
  );
}

/**
 * How many answers of an order have to wait until what others ask for is done: then none is told for good. The holds that are
 * followed and the answers that took them are those of one instant, so a task never counts units whose answer it does not contain.
 */
async function takeOf(client: PoolClient, parts: WorkParts, number: number): Promise<number> {
  await lockOrder(client, number);
  const answers = await readAnswers(client, number);
  const open = answers.filter(({ done }) => !done);
  if (!(await handUnheld(client, parts, number, open))) return open.length;
  for (const [place, answer] of open.entries()) {
    const later = new Set(open.slice(place + 1));
    const heard = answers.filter((one) => one.task === answer.task && !later.has(one));
    if (!(await tell(client, parts, number, answer, heard))) return open.length;
  }
  await finishAnswers(client, open, parts.now());
  await fit(client, parts, number, new Set(open.map(({ task }) => task)));
  return 0;
}

async function fit(client: PoolClient, parts: WorkParts, number: number, told: ReadonlySet<number>): Promise<void> {
  const { order, dueAt } = await lockOrder(client, number);
  await fitTasks(client, { number, order, why: 'answer', dueAt, now: parts.now(), told });
}

/**
 * False: it has to wait until effects have changed what is held for the order. Once told, it may be told again.
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
    case 'picked': {
      const now = answer.applied ? stored : await replace(client, parts, stored, answer);
      await markApplied(client, answer);
      await act(client, parts, now, answer, { act: 'pick', parts: toPick(now.order, answer.store, heard) });
      return true;
    }
    case 'rejected':
      if (answer.applied) return true;
      await markApplied(client, answer);
      await client.query('UPDATE tasks SET reason = $2 WHERE task_no = $1', [answer.task, answer.reason]);
      await act(client, parts, stored, answer, {
        act: 'short',
        parts: toPutBack(order, answer.store, answer),
        gone: 'units',
      });
      return true;
    case 'handedOver':
    case 'shipped':
      return handOver(client, parts, number, answer, heard);
    default:
      return answer.step satisfies never;
  }
}

/**
 * Units that left with their hold are known by the hold. Those whose hold had ended, or was another's, are told to the order
 * before any hold is followed, and end its own hold: else that would look short of them, and they would be looked for
 * elsewhere. False: it has to wait, as above.
 */
async function handUnheld(
  client: PoolClient,
  parts: WorkParts,
  number: number,
  open: readonly StoredAnswer[],
): Promise<boolean> {
  const untold = open.filter(({ step, voided, applied }) => isHandOver(step) && !voided && !applied);
  if (untold.length > 0 && !(await isAtRest(client, number))) return false;
  for (const answer of untold) {
    const stored = await replace(client, parts, await lockOrder(client, number), answer);
    await markApplied(client, answer);
    const unheld = toHand(stored.order, answer.store, await unheldUnits(client, answer));
    await act(client, parts, stored, answer, { act: 'hand', parts: unheld, hold: 'release' });
  }
  return true;
}

/** What left with its hold; what the order does not want any more is kept with the task and in the order's history. */
async function handOver(
  client: PoolClient,
  parts: WorkParts,
  number: number,
  answer: StoredAnswer,
  heard: readonly StoredAnswer[],
): Promise<boolean> {
  if (!(await follow(client, parts, number))) return false;
  const { order } = await lockOrder(client, number);
  const task = (await readTasks(client, number)).find((one) => one.task === answer.task);
  const before = task?.lines.map(({ line, sku, handed: units }) => ({ line, sku, units }));
  const beyond = beyondOrder(order, answer.store, heard, before ?? []);
  if (beyond.length === 0) return true;
  const units = beyond.map((one) => `line ${one.line}: ${one.units} of "${one.sku}"`).join(', ');
  await conflict(client, answer, `Handed over, though the order did not want it there any more: ${units}.`);
  const detail = { parts: beyond.map((one) => ({ ...one, location: answer.store })) };
  await writeAside(client, number, { ...saidBy(answer), act: 'hand', detail, refused: 'TASK_CONFLICT' }, parts.now());
  return true;
}

/** What the store gives instead of what was ordered, once; gives the order after it. */
async function replace(
  client: PoolClient,
  parts: WorkParts,
  stored: StoredOrder,
  answer: StoredAnswer,
): Promise<StoredOrder> {
  const before = (await readAnswers(client, stored.number)).filter(
    ({ task, applied }) => task === answer.task && applied,
  );
  const replaced = toReplace(stored.order, answer.store, before, answer);
  return act(client, parts, stored, answer, { act: 'substitute', parts: replaced, left: isHandOver(answer.step) });
}

/** What an order cannot take any more is true all the same, and is kept with the task and in the order's history. */
async function act(
  client: PoolClient,
  parts: WorkParts,
  stored: StoredOrder,
  answer: StoredAnswer,
  given: Act & { readonly parts: readonly unknown[] },
): Promise<StoredOrder> {
  if (given.parts.length === 0) return stored;
  try {
    return await take(client, parts, stored, given, saidBy(answer));
  } catch (error) {
    if (!(error instanceof ShelfwireError) || !error.code.startsWith('ORDER_')) throw error;
    await conflict(client, answer, `${answer.step}: ${error.message}`);
    const told = { ...saidBy(answer), act: given.act, detail: { parts: given.parts }, refused: error.code };
    await writeAside(client, stored.number, told, parts.now());
    return stored;
  }
}

const saidBy = ({ store, correlationId }: StoredAnswer): Said => ({ by: `store ${store}`, correlationId });

const CONFLICT = `
  UPDATE tasks SET conflict = $2, conflicts = conflicts + CASE WHEN conflict IS DISTINCT FROM $2 THEN 1 ELSE 0 END
   WHERE task_no = $1`;

async function conflict(client: PoolClient, { task }: StoredAnswer, what: string): Promise<void> {
  await client.query(CONFLICT, [task, what]);
}

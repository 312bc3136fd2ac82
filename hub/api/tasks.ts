import type { Pool } from 'pg';
import { z } from 'zod';
import { ERRORS, ShelfwireError } from '#shared/protocol/errors.ts';
import { storeCode, text } from '#shared/protocol/fields.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { closeConflict } from '#hub/orders/tasks/close-conflict.ts';
import { listTasks, type ListedTask } from '#hub/orders/tasks/list-tasks.ts';
import { pageAnswer } from './answers/fields.ts';
import { SHOWN_TASK_STATES, taskListed } from './answers/tasks.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { keeping } from './keeping.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const place = z.int().min(1);
const numberOf = (what: string) =>
  z
    .string()
    .regex(/^[1-9]\d{0,14}$/, `must be the number of ${what}`)
    .transform(Number);

/** /v1/tasks: what stores are to do for orders, and how far they are. */
export function taskRoutes(pool: Pool, clock: Clock): Route[] {
  const parts = { pool, now: () => new Date(clock.now()) };
  return [
    route({
      method: 'get',
      path: '/v1/tasks',
      access: 'orders:read',
      summary:
        'What stores are to do for orders, the oldest first; `conflict`: where a store did what its order could not take.',
      query: z.strictObject({
        ...pageQuery,
        order: numberOf('an order').optional(),
        location: storeCode.optional(),
        state: z.enum(SHOWN_TASK_STATES).optional(),
        conflict: flag.optional(),
      }),
      answer: pageAnswer(taskListed),
      async handle({ query: { cursor, limit, ...filter } }) {
        const after = readCursor(cursor, place) ?? 0;
        const rows = await snapshot(pool, (client) => listTasks(client, filter, { after, limit: limit + 1 }));
        return { body: pageOf(rows, limit, toListed, ({ task }) => task) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/tasks/:task/conflict/close',
      access: 'orders:write',
      summary:
        'Somebody has settled what the store did and the order could not take: who and how is kept in its history. Changes neither order nor stock.',
      params: z.strictObject({ task: numberOf('a task') }),
      body: z.strictObject({
        number: place.describe('Of the conflict, as the list of tasks says it: a newer one stays open.'),
        note: text.describe('How it was settled.'),
      }),
      answer: taskListed,
      problems: ['NOT_FOUND', 'CONFLICT'],
      idempotencyKey: 'required',
      async handle({ params: { task }, body: { number, note }, caller, correlationId, keep, log }) {
        const said = { by: caller?.name ?? '', correlationId };
        const answered = await keeping(
          keep,
          (within) => closeConflict(parts, { task, conflict: number, note }, said, within),
          async (client) => {
            const [found] = await listTasks(client, { task }, { after: 0, limit: 1 });
            if (found === undefined) throw new ShelfwireError('NOT_FOUND', `There is no task ${task}.`);
            return { body: toListed(found) };
          },
        );
        log.info({ task, conflict: number }, 'a conflict of a task was closed');
        return answered;
      },
    }),
  ];
}

function toListed({ task: id, conflict, conflicts, madeAt, ...task }: ListedTask) {
  const code = 'TASK_CONFLICT' as const;
  return {
    id,
    ...task,
    conflict: conflict === null ? null : { number: conflicts, code, detail: conflict, remedy: ERRORS[code].remedy },
    madeAt: isoTime(madeAt),
    dueAt: isoTimeOrNull(task.dueAt),
    takenAt: isoTimeOrNull(task.takenAt),
    acceptedAt: isoTimeOrNull(task.acceptedAt),
    endedAt: isoTimeOrNull(task.endedAt),
  };
}

import type { Pool } from 'pg';
import { z } from 'zod';
import { ERRORS } from '#shared/protocol/errors.ts';
import { storeCode } from '#shared/protocol/fields.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { listTasks, type ListedTask } from '#hub/orders/tasks/list-tasks.ts';
import { pageAnswer } from './answers/fields.ts';
import { SHOWN_TASK_STATES, taskListed } from './answers/tasks.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { flag, pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

const place = z.int().min(1);
const number = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of an order')
  .transform(Number);

/** /v1/tasks: what stores are to do for orders, and how far they are. */
export function taskRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/tasks',
      access: 'orders:read',
      summary:
        'What stores are to do for orders, the oldest first; `conflict`: where a store did what its order could not take.',
      query: z.strictObject({
        ...pageQuery,
        order: number.optional(),
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
  ];
}

function toListed({ task: id, conflict, madeAt, ...task }: ListedTask) {
  const code = 'TASK_CONFLICT' as const;
  return {
    id,
    ...task,
    conflict: conflict === null ? null : { code, detail: conflict, remedy: ERRORS[code].remedy },
    madeAt: isoTime(madeAt),
    dueAt: isoTimeOrNull(task.dueAt),
    takenAt: isoTimeOrNull(task.takenAt),
    acceptedAt: isoTimeOrNull(task.acceptedAt),
    endedAt: isoTimeOrNull(task.endedAt),
  };
}

import type { PoolClient } from 'pg';
import { z } from 'zod';
import { ENDED_TASK_STATES, taskDocument } from '#shared/protocol/messages/pull.ts';
import type { HeldUnits, Task } from './task.ts';

/** What lies in the database was written by the code of its day: read anew. */
const row = taskDocument.pick({ state: true, reason: true }).extend({
  task: z.int(),
  location: z.string(),
  lines: taskDocument.shape.lines,
  dueAt: z.int().nullable(),
  accepted: z.boolean(),
});

export type StoredTask = Task & { readonly task: number };

const READ = `
  SELECT task_no AS task, l.code AS location, state, lines, (extract(epoch FROM due_at) * 1000)::bigint AS "dueAt",
         accepted_at IS NOT NULL AS accepted, reason
    FROM tasks JOIN locations l USING (location_no) WHERE order_no = $1 ORDER BY task_no`;

export async function readTasks(client: PoolClient, order: number): Promise<StoredTask[]> {
  return (await client.query(READ, [order])).rows.map((found) => row.parse(found));
}

const HELD = `
  SELECT reservation_no AS reservation, line, location, substitute, units - released - handed AS units
    FROM order_holds WHERE order_no = $1 AND released + handed < units ORDER BY reservation_no, reservation_line, location`;

/** In the order in which holds end. */
export async function readHeld(client: PoolClient, order: number): Promise<HeldUnits[]> {
  const { rows } = await client.query<HeldUnits & { substitute: string | null }>(HELD, [order]);
  return rows.map(({ substitute, ...hold }) => ({ ...hold, substitute: substitute ?? undefined }));
}

const TOLD = `
  INSERT INTO changes (topic, scope, keys) SELECT 'tasks', location_no, array_agg(task_no::text) FROM saved GROUP BY location_no`;
const INSERT = `
  WITH saved AS (
    INSERT INTO tasks (order_no, location_no, kind, state, lines, due_at, made_at)
    SELECT $1, l.location_no, $2, g.state, g.lines::json, to_timestamp(g.due_at / 1000.0), $7
      FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[]) AS g (location, state, lines, due_at)
      JOIN locations l ON l.code = g.location COLLATE "C" ORDER BY l.location_no
    RETURNING task_no, location_no
  ) ${TOLD}`;
const UPDATE = `
  WITH saved AS (
    UPDATE tasks t SET kind = $9, state = g.state, lines = g.lines::json, due_at = to_timestamp(g.due_at / 1000.0), reason = g.reason,
           accepted_at = CASE WHEN g.accepted THEN coalesce(t.accepted_at, $8) END,
           ended_at = CASE WHEN g.ended THEN coalesce(t.ended_at, $8) END, forgotten = t.forgotten AND g.ended,
           position = pg_current_xact_id(), taken_at = NULL
      FROM unnest($1::bigint[], $2::text[], $3::text[], $4::bigint[], $5::boolean[], $6::text[], $7::boolean[])
        AS g (task_no, state, lines, due_at, accepted, reason, ended)
     WHERE t.task_no = g.task_no
    RETURNING t.task_no, t.location_no
  ) ${TOLD}`;

/** Each is told to its store. Who ordered stays where it is: stores are told of it when they pull. */
export async function insertTasks(
  client: PoolClient,
  { order, kind, tasks, now }: { order: number; kind: 'collect' | 'ship'; tasks: readonly Task[]; now: Date },
): Promise<void> {
  if (tasks.length === 0) return;
  await client.query(INSERT, [
    order,
    kind,
    tasks.map(({ location }) => location),
    tasks.map(({ state }) => state),
    tasks.map(({ lines }) => JSON.stringify(lines)),
    tasks.map(({ dueAt }) => dueAt),
    now,
  ]);
}

/** The same of tasks that are there. */
export async function updateTasks(
  client: PoolClient,
  { kind, tasks, now }: { kind: 'collect' | 'ship'; tasks: readonly StoredTask[]; now: Date },
): Promise<void> {
  if (tasks.length === 0) return;
  await client.query(UPDATE, [
    tasks.map(({ task }) => task),
    tasks.map(({ state }) => state),
    tasks.map(({ lines }) => JSON.stringify(lines)),
    tasks.map(({ dueAt }) => dueAt),
    tasks.map(({ accepted }) => accepted),
    tasks.map(({ reason }) => reason),
    tasks.map(({ state }) => ENDED_TASK_STATES.has(state)),
    now,
    kind,
  ]);
}

import type { PoolClient } from 'pg';
import { z } from 'zod';
import { ENDED_TASK_STATES, taskDocument, type TaskState } from '#shared/protocol/messages/pull.ts';
import type { HeldUnits, Task } from './task.ts';

/** What lies in the database was written by the code of its day: read anew. */
export const storedLines = taskDocument.shape.lines;
const row = taskDocument.pick({ state: true, reason: true }).extend({
  task: z.int(),
  location: z.string(),
  lines: storedLines,
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
  SELECT reservation_no AS reservation, line, location, units - released - handed AS units
    FROM order_holds WHERE order_no = $1 AND released + handed < units ORDER BY reservation_no, reservation_line, location`;

/** In the order in which holds end. */
export async function readHeld(client: PoolClient, order: number): Promise<HeldUnits[]> {
  return (await client.query<HeldUnits>(HELD, [order])).rows;
}

/** Each is told to its store. Who ordered stays where it is: stores are told of it when they pull. */
const SAVE = `
  WITH given AS (
    SELECT l.location_no, g.*
      FROM unnest($3::text[], $4::text[], $5::text[], $6::bigint[], $7::boolean[], $8::text[], $9::boolean[])
        AS g (location, state, lines, due_at, accepted, reason, ended)
      JOIN locations l ON l.code = g.location COLLATE "C"
  ), saved AS (
    INSERT INTO tasks AS t (order_no, location_no, kind, state, lines, due_at, made_at)
    SELECT $1, location_no, $2, state, lines::json, to_timestamp(due_at / 1000.0), $10 FROM given
    ON CONFLICT (order_no, location_no) DO UPDATE SET
      state = excluded.state, lines = excluded.lines, due_at = excluded.due_at, position = pg_current_xact_id(), taken_at = NULL
    RETURNING task_no, location_no
  ), told AS (
    INSERT INTO changes (topic, scope, keys)
    SELECT 'tasks', location_no, array_agg(task_no::text) FROM saved GROUP BY location_no
  )
  SELECT task_no AS task, accepted, reason, ended FROM saved JOIN given USING (location_no)`;
/** What one statement has inserted another one must change. */
const SETTLE = `
  UPDATE tasks t SET accepted_at = CASE WHEN g.accepted THEN coalesce(t.accepted_at, $5) END, reason = g.reason,
         ended_at = CASE WHEN g.ended THEN coalesce(t.ended_at, $5) END, forgotten = t.forgotten AND g.ended
    FROM unnest($1::bigint[], $2::boolean[], $3::text[], $4::boolean[]) AS g (task_no, accepted, reason, ended)
   WHERE t.task_no = g.task_no`;

interface SavedRow {
  readonly task: number;
  readonly accepted: boolean;
  readonly reason: string | null;
  readonly ended: boolean;
}

export async function saveTasks(
  client: PoolClient,
  { order, kind, tasks, now }: { order: number; kind: 'collect' | 'ship'; tasks: readonly Task[]; now: Date },
): Promise<void> {
  if (tasks.length === 0) return;
  const { rows } = await client.query<SavedRow>(SAVE, [
    order,
    kind,
    tasks.map(({ location }) => location),
    tasks.map(({ state }) => state),
    tasks.map(({ lines }) => JSON.stringify(lines)),
    tasks.map(({ dueAt }) => dueAt),
    tasks.map(({ accepted }) => accepted),
    tasks.map(({ reason }) => reason),
    tasks.map(({ state }) => isEnded(state)),
    now,
  ]);
  await client.query(SETTLE, [
    rows.map(({ task }) => task),
    rows.map(({ accepted }) => accepted),
    rows.map(({ reason }) => reason),
    rows.map(({ ended }) => ended),
    now,
  ]);
}

const isEnded = (state: TaskState): boolean => ENDED_TASK_STATES.has(state);

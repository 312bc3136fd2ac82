import type { TaskState } from '#shared/protocol/messages/pull.ts';
import type { Queryable } from '#hub/db/snapshot.ts';
import type { TaskLine } from './task.ts';

/** `state` is pendingStore while it is open, and the store is not connected, or not known to have it. */
export interface ListedTask {
  readonly task: number;
  readonly order: number;
  readonly channel: string;
  readonly channelOrderId: string;
  readonly location: string;
  readonly kind: 'collect' | 'ship';
  readonly state: TaskState | 'pendingStore';
  readonly lines: readonly TaskLine[];
  readonly dueAt: Date | null;
  readonly reason: string | null;
  readonly conflict: string | null;
  readonly madeAt: Date;
  readonly takenAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface TaskFilter {
  readonly order?: number | undefined;
  readonly location?: string | undefined;
  readonly state?: string | undefined;
  readonly conflict?: boolean | undefined;
}

const LIST = `
  SELECT * FROM (
    SELECT t.task_no AS task, t.order_no AS "order", o.channel, o.channel_order_id AS "channelOrderId", l.code AS location, t.kind,
           CASE WHEN t.state = 'open' AND (t.taken_at IS NULL OR NOT EXISTS (
             SELECT FROM devices d JOIN device_status s USING (device_no)
              WHERE d.location_no = t.location_no AND d.revoked_at IS NULL
                AND s.connected_at > coalesce(s.disconnected_at, '-infinity'))) THEN 'pendingStore' ELSE t.state END AS state,
           t.lines, t.due_at AS "dueAt", t.reason, t.conflict, t.made_at AS "madeAt", t.taken_at AS "takenAt",
           t.accepted_at AS "acceptedAt", t.ended_at AS "endedAt"
      FROM tasks t JOIN orders o USING (order_no) JOIN locations l USING (location_no)
     WHERE t.task_no > $1 AND ($3::bigint IS NULL OR t.order_no = $3) AND ($4::text IS NULL OR l.code = $4 COLLATE "C")
       AND (NOT $6 OR t.conflict IS NOT NULL)
  ) AS found
   WHERE $5::text IS NULL OR state = $5 ORDER BY task LIMIT $2`;

/** In the order in which they were made. */
export async function listTasks(
  client: Queryable,
  { order, location, state, conflict }: TaskFilter,
  { after, limit }: { after: number; limit: number },
): Promise<ListedTask[]> {
  const values = [after, limit, order ?? null, location ?? null, state ?? null, conflict === true];
  return (await client.query<ListedTask>(LIST, values)).rows;
}

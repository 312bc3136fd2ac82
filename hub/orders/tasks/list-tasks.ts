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
  /** What is open, and how many there have been: the number of that. */
  readonly conflict: string | null;
  readonly conflicts: number;
  readonly madeAt: Date;
  readonly takenAt: Date | null;
  readonly acceptedAt: Date | null;
  readonly endedAt: Date | null;
}

export interface TaskFilter {
  readonly task?: number | undefined;
  readonly order?: number | undefined;
  readonly location?: string | undefined;
  readonly state?: string | undefined;
  readonly conflict?: boolean | undefined;
}

/** While a store may do nothing of it: not connected, or not known to have it. */
const IS_OPEN = `t.state = 'open'`;
const IS_PENDING = `(t.taken_at IS NULL OR NOT EXISTS (
    SELECT FROM devices d JOIN device_status s USING (device_no)
     WHERE d.location_no = t.location_no AND d.revoked_at IS NULL
       AND s.connected_at > coalesce(s.disconnected_at, '-infinity')))`;

/** A condition only where one is asked for, so that each has its index. */
function conditions(
  { task, order, state, conflict }: TaskFilter,
  locationNo: number | undefined,
  values: unknown[],
): string {
  const parts: string[] = [];
  const add = (text: (parameter: string) => string, value: unknown): void => {
    if (value === undefined) return;
    values.push(value);
    parts.push(` AND ${text(`$${values.length}`)}`);
  };
  add((p) => `t.task_no = ${p}`, task);
  add((p) => `t.order_no = ${p}`, order);
  add((p) => `t.location_no = ${p}`, locationNo);
  if (state === 'pendingStore') parts.push(` AND ${IS_OPEN} AND ${IS_PENDING}`);
  else if (state === 'open') parts.push(` AND ${IS_OPEN} AND NOT ${IS_PENDING}`);
  else add((p) => `t.state = ${p}`, state);
  if (conflict === true) parts.push(' AND t.conflict IS NOT NULL');
  return parts.join('');
}

/** In the order in which they were made. */
export async function listTasks(
  client: Queryable,
  filter: TaskFilter,
  { after, limit }: { after: number; limit: number },
): Promise<ListedTask[]> {
  const locationNo = filter.location === undefined ? undefined : await numberOf(client, filter.location);
  if (locationNo === null) return [];
  const values: unknown[] = [after, limit];
  const where = conditions(filter, locationNo, values);
  const text = `
    SELECT t.task_no AS task, t.order_no AS "order", o.channel, o.channel_order_id AS "channelOrderId", l.code AS location, t.kind,
           CASE WHEN ${IS_OPEN} AND ${IS_PENDING} THEN 'pendingStore' ELSE t.state END AS state,
           t.lines, t.due_at AS "dueAt", t.reason, t.conflict, t.conflicts, t.made_at AS "madeAt", t.taken_at AS "takenAt",
           t.accepted_at AS "acceptedAt", t.ended_at AS "endedAt"
      FROM tasks t JOIN orders o USING (order_no) JOIN locations l USING (location_no)
     WHERE t.task_no > $1${where} ORDER BY t.task_no LIMIT $2`;
  return (await client.query<ListedTask>(text, values)).rows;
}

/** Looked up first: PostgreSQL plans better for a location that it knows. */
async function numberOf(client: Queryable, code: string): Promise<number | null> {
  const text = 'SELECT location_no FROM locations WHERE code = $1';
  return (await client.query<{ location_no: number }>(text, [code])).rows[0]?.location_no ?? null;
}

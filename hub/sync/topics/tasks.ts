import { TASK_ANSWERS_MAX, taskDocument, type TaskDocument } from '#shared/protocol/messages/pull.ts';
import { byPlace, keyColumns, pageColumns, type PlacedRow, type Topic } from './topic.ts';

/**
 * A store's own tasks. Who ordered is told while there is something to do, and taken back with the next change: the answers
 * that a task contains are those that its order has heard of.
 */
const COLUMNS = `t.task_no AS task, t.forgotten AS deleted, t.kind, t.state, o.channel, o.channel_order_id,
  CASE WHEN t.ended_at IS NULL THEN c.reference END AS reference,
  CASE WHEN t.ended_at IS NULL AND t.kind = 'collect' THEN c.contact ->> 'name' END AS name,
  (extract(epoch FROM t.due_at) * 1000)::bigint AS due_at, t.reason, t.conflict, t.lines, a.answers`;

const JOINED = `
  JOIN orders o USING (order_no)
  LEFT JOIN order_customers c USING (order_no)
  CROSS JOIN LATERAL (
    SELECT coalesce(json_agg(own.key), '[]') AS answers FROM (
      SELECT f.key FROM task_answers n
      JOIN facts f ON (f.location_no, f.journal_no, f.seq) = (n.location_no, n.journal_no, n.seq)
      WHERE n.task_no = t.task_no AND n.done_at IS NOT NULL
      ORDER BY n.at DESC, n.journal_no DESC, n.seq DESC LIMIT ${TASK_ANSWERS_MAX}
    ) own
  ) a`;

const BY_KEYS = `
  SELECT r.place, ${COLUMNS}
  FROM unnest($1::int[], $2::int[], $3::text[]) AS r (place, location_no, keys)
  CROSS JOIN LATERAL (
    SELECT * FROM tasks WHERE location_no = r.location_no AND task_no = ANY (string_to_array(r.keys, E'\\n')::bigint[])
  ) t ${JOINED}`;

const PAGES = `
  SELECT r.place, ${COLUMNS}
  FROM unnest($1::int[], $2::int[], $3::text[], $4::int[]) AS r (place, location_no, after, page)
  CROSS JOIN LATERAL (
    SELECT * FROM tasks
    WHERE location_no = r.location_no AND NOT forgotten AND task_no > coalesce(substring(r.after FROM '^\\d{1,15}$'), '0')::bigint
    ORDER BY task_no LIMIT r.page
  ) t ${JOINED}
  ORDER BY r.place, t.task_no`;

interface Row extends PlacedRow {
  readonly task: number;
  readonly deleted: boolean;
  readonly kind: TaskDocument['kind'];
  readonly state: TaskDocument['state'];
  readonly channel: string;
  readonly channel_order_id: string;
  readonly reference: string | null;
  readonly name: string | null;
  readonly due_at: number | null;
  readonly reason: string | null;
  readonly conflict: string | null;
  readonly lines: unknown;
  readonly answers: string[];
}

export const tasks: Topic<'tasks'> = {
  scopeOf: ({ location }) => location,
  keyOf: ({ task }) => String(task),
  async byKeys(pool, requests) {
    const { places, locations, keys } = keyColumns(requests);
    const { rows } = await pool.query<Row>({ name: 'tasks-by-keys', text: BY_KEYS, values: [places, locations, keys] });
    return byPlace(rows, requests.length, toDocument);
  },
  async pages(pool, requests) {
    const { places, locations, afters, limits } = pageColumns(requests);
    const values = [places, locations, afters, limits];
    const { rows } = await pool.query<Row>({ name: 'tasks-pages', text: PAGES, values });
    return byPlace(rows, requests.length, toDocument);
  },
};

function toDocument(row: Row): TaskDocument {
  const { task, deleted, kind, state, channel, channel_order_id: id, reference, name, reason, conflict, answers } = row;
  return {
    task,
    deleted,
    kind,
    state,
    order: { channel, id },
    customer: reference === null ? null : { reference, name },
    dueAt: row.due_at,
    reason,
    conflict,
    lines: taskDocument.shape.lines.parse(row.lines),
    answers,
  };
}

import type { PoolClient } from 'pg';
import { literal } from '#hub/db/array-parameter.ts';
import type { Place } from '#hub/ledger/placed-fact.ts';
import type { StockChange, StockObserver } from '#hub/ledger/moves.ts';

/**
 * $1-$8 answers: location_no, journal_no, seq, at, task, step, reason, lines. $9-$11 places of answers that are void. $12-$13 of the
 * answers: channel and id of the order, or NULL. A task is a location's own (S4), and that of its order: what is not there for it,
 * or has its number since the hub was restored, is kept with nothing to do.
 */
const NOTE = `
  WITH gone AS (
    SELECT * FROM unnest($9::int[], $10::int[], $11::bigint[]) AS v (location_no, journal_no, seq)
  ), noted AS (
    INSERT INTO task_answers (location_no, journal_no, seq, at, named, task_no, step, reason, lines, voided, done_at)
    SELECT g.location_no, g.journal_no, g.seq, g.at, g.named, t.task_no, g.step, g.reason, g.lines::json,
           gone.seq IS NOT NULL, CASE WHEN t.task_no IS NULL THEN now() END
      FROM unnest($1::int[], $2::int[], $3::bigint[], $4::bigint[], $5::bigint[], $6::text[], $7::text[], $8::text[],
        $12::text[], $13::text[]) AS g (location_no, journal_no, seq, at, named, step, reason, lines, channel, order_id)
      LEFT JOIN tasks t ON t.task_no = g.named AND t.location_no = g.location_no AND (
        g.order_id IS NULL OR EXISTS (
          SELECT FROM orders o WHERE o.order_no = t.order_no AND (o.channel, o.channel_order_id) = (g.channel, g.order_id)))
      LEFT JOIN gone ON (gone.location_no, gone.journal_no, gone.seq) = (g.location_no, g.journal_no, g.seq)
  )
  UPDATE task_answers a SET voided = true, done_at = NULL, retry_at = '-infinity'
    FROM gone WHERE (a.location_no, a.journal_no, a.seq) = (gone.location_no, gone.journal_no, gone.seq) AND a.task_no IS NOT NULL`;

/**
 * Notes what stores answer to tasks in the merge that takes it, beside what another observer does with the units. Orders hear
 * of it right behind the merge (take-answers.ts): a merge never waits for the lock of an order.
 */
export function noteAnswers(next: StockObserver): StockObserver {
  return {
    async moved(client, change) {
      if (concernsStock(change)) await next.moved(client, change);
      if (change.answers.length + change.withdrawn.length > 0) await note(client, change);
    },
  };
}

const concernsStock = ({ moves, inbound, handedOver, takenBack }: StockChange): boolean =>
  moves.length + inbound.length + handedOver.length + takenBack.length > 0;

async function note(client: PoolClient, { answers, withdrawn }: StockChange): Promise<void> {
  await client.query({
    name: 'note-task-answers',
    text: NOTE,
    values: [
      ...placeColumns(answers.map(({ place }) => place)),
      literal(answers.map(({ place }) => place.at)),
      literal(answers.map(({ body }) => body.task)),
      answers.map(({ body }) => body.step),
      answers.map(({ body }) => body.reason ?? null),
      answers.map(({ body }) => JSON.stringify(body.lines)),
      ...placeColumns(withdrawn),
      answers.map(({ body }) => body.order?.channel ?? null),
      answers.map(({ body }) => body.order?.id ?? null),
    ],
  });
}

/** location_no, journal_no, seq. */
function placeColumns(places: readonly Place[]): [string, string, string] {
  return [
    literal(places.map(({ location }) => location)),
    literal(places.map(({ journal }) => journal)),
    literal(places.map(({ seq }) => seq)),
  ];
}

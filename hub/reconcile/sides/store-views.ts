import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { View } from '#shared/protocol/messages/view.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { stageLines } from '../stage.ts';

/** Of a run that failed, nobody takes what a store would say again and again. */
const WANTED = `
  SELECT device_no AS device, max(request_no) AS request FROM store_view_requests q
  WHERE device_no = ANY ($1::int[]) AND answered_at IS NULL
    AND EXISTS (SELECT FROM comparison_runs r WHERE r.run_no = q.run_no AND r.finished_at IS NULL) GROUP BY device_no`;
const LOCK = `
  SELECT q.run_no AS run, q.next_page AS "nextPage", q.answered_at IS NOT NULL AS "isAnswered", q.seq, l.code
  FROM store_view_requests q, locations l
  WHERE q.request_no = $1 AND q.device_no = $2 AND l.location_no = $3
    AND EXISTS (SELECT FROM comparison_runs r WHERE r.run_no = q.run_no AND r.finished_at IS NULL)
  FOR NO KEY UPDATE OF q`;
const BEGIN = 'DELETE FROM comparison_lines WHERE run_no = $1 AND location = $2 AND reference = $3';
const NOTE = `
  UPDATE store_view_requests SET next_page = $2 + 1, journal_no = $3, seq = $4,
    viewed_at = CASE WHEN $2 = 0 THEN clock_timestamp() ELSE viewed_at END, answered_at = CASE WHEN $5 THEN clock_timestamp() END
  WHERE request_no = $1`;

interface Locked {
  readonly run: number;
  readonly nextPage: number;
  readonly isAnswered: boolean;
  readonly seq: number | null;
  readonly code: string;
}

export const referenceOf = (device: number): string => `device ${device}`;

/** What stores are asked about their own view, and what they say: for whichever hub they are connected to. */
export class StoreViews {
  readonly #pool: Pool;

  constructor(pool: Pool) {
    this.#pool = pool;
  }

  async wanted(devices: readonly number[]): Promise<{ device: number; request: number }[]> {
    return (await this.#pool.query<{ device: number; request: number }>(WANTED, [devices])).rows;
  }

  /**
   * Takes a page, in their order; one that came before is acknowledged again, the first begins anew. A request that nobody
   * waits for any more is answered into nothing. Whose it is, is said by the session (S4). Throws EPOCH_UNKNOWN, REQUEST_INVALID.
   */
  async take(
    { device, location, journal, epoch }: { device: number; location: number; journal: number; epoch: number },
    { request, page, isLast, seq, units, ...view }: View,
  ): Promise<void> {
    if (view.epoch !== epoch) throw new ShelfwireError('EPOCH_UNKNOWN', 'The view is of another journal.');
    await withRetries(() =>
      transaction(this.#pool, async (client) => {
        const [locked] = (await client.query<Locked>(LOCK, [request, device, location])).rows;
        if (locked === undefined || locked.isAnswered) return;
        const { run, nextPage, code } = locked;
        const reference = referenceOf(device);
        const isExpected = page === 0 || (page === nextPage && seq === locked.seq);
        if (!isExpected && page < nextPage && seq === locked.seq) return;
        if (!isExpected)
          throw new ShelfwireError('REQUEST_INVALID', `page: ${nextPage} is expected, of the view that was begun.`);
        // Before the first page nothing is there, and to look for it reads the lines of all stores.
        if (page === 0 && nextPage > 0) await client.query(BEGIN, [run, code, reference]);
        const lines = units.map(({ sku, onHand: theirs }) => ({ location: code, sku, reference, theirs }));
        await stageLines(client, run, lines);
        await client.query(NOTE, [request, page, journal, seq, isLast]);
      }),
    );
  }
}

import type { Pool } from 'pg';
import { Batcher } from '#shared/runtime/batcher.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Checkpoint } from '#shared/protocol/messages/pull.ts';
import { literal } from '#hub/db/array-parameter.ts';

const MARK = `
  UPDATE tasks t SET taken_at = now()
    FROM unnest($1::int[], $2::text[], $3::xid8[]) AS g (location_no, generation, position), feed_state f
   WHERE t.location_no = g.location_no AND f.generation::text = g.generation AND t.position < g.position
     AND t.taken_at IS NULL`;

interface Reading {
  readonly location: number;
  readonly checkpoint: Checkpoint;
}

/**
 * Who pulls says by its checkpoint what it has stored: everything below it. So the hub knows that a store has a task, and does
 * not take a message that was sent for one that was taken.
 */
export class TakenTasks {
  readonly #batcher: Batcher<Reading, true>;

  constructor(pool: Pool, clock: Clock) {
    this.#batcher = new Batcher<Reading, true>({
      clock,
      waitMs: 25,
      sizeMax: 1_000,
      inFlightMax: 1,
      async run(readings) {
        await pool.query({
          name: 'mark-taken-tasks',
          text: MARK,
          values: [
            literal(readings.map(({ location }) => location)),
            readings.map(({ checkpoint }) => checkpoint.generation),
            literal(readings.map(({ checkpoint }) => checkpoint.position)),
          ],
        });
        return readings.map(() => true as const);
      },
    });
  }

  async note(location: number, checkpoint: Checkpoint | null): Promise<void> {
    // A scan that is under way says nothing yet.
    if (checkpoint !== null && !checkpoint.scanning) await this.#batcher.call({ location, checkpoint });
  }
}

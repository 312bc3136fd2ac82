import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import type { Clock } from '#shared/runtime/clock.ts';
import { z } from 'zod';
import { route, type Route } from './route.ts';

/** How long an answer of the database is taken for granted: the route is open, so asking must not cost much. */
const FRESH_MS = 1_000;
const PATIENCE_MS = 2_000;

const health = z.strictObject({ live: z.literal(true), ready: z.boolean(), database: z.enum(['up', 'down']) });

/** GET /health: 200 while the hub can work, 503 while it lives but cannot. Open, so it says no more. */
export function healthRoutes(pool: Pool, clock: Clock): Route[] {
  let asked: { at: number; answer: Promise<boolean> } | undefined;
  const isDatabaseUp = (): Promise<boolean> => {
    const at = clock.monotonic();
    if (asked === undefined || at - asked.at > FRESH_MS) asked = { at, answer: askDatabase(pool) };
    return asked.answer;
  };
  return [
    route({
      method: 'get',
      path: '/health',
      access: 'open',
      summary: 'Whether the hub lives and is ready.',
      answer: health,
      statuses: [200, 503],
      async handle() {
        const ready = await isDatabaseUp();
        return {
          status: ready ? 200 : 503,
          body: { live: true as const, ready, database: ready ? ('up' as const) : ('down' as const) },
        };
      },
    }),
  ];
}

async function askDatabase(pool: Pool): Promise<boolean> {
  const giveUp = new AbortController();
  const answer = pool.query('SELECT').then(
    () => true,
    () => false,
  );
  const late = delay(PATIENCE_MS, false, { signal: giveUp.signal, ref: false }).catch(() => false);
  try {
    return await Promise.race([answer, late]);
  } finally {
    giveUp.abort();
  }
}

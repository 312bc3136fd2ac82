import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { createInterface, type Interface } from 'node:readline';
import { setTimeout as delay } from 'node:timers/promises';
import type { Pool } from 'pg';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { findDrift } from '#hub/availability/engine/drift.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import { waitUntil } from '#test/support/program.ts';
import { fight, type Fight } from '#test/support/reserve-fight.ts';
import { auditReservations, beginReservations, openReservationPool, teller } from '#test/support/reservations.ts';
import { expireDue } from './expire.ts';
import { createActs } from './perform-acts.ts';
import { fewestParcels } from './sourcing.ts';

/** 1,000 for the long form: FIGHTS=1000 npx vitest run --project pg hub/reservations/fight */
const TRIALS = Number(process.env['FIGHTS'] ?? 5);
const CLIENTS = 32;
const LONG = { timeout: 60_000 + TRIALS * 5_000 };
/** Tables are emptied after so many: looking at everything stays cheap. */
const TRIALS_A_ROUND = 25;
const HOUR_MS = 3_600_000;

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase({ max: 4 });
  pool = openReservationPool(database.url, 6);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});

/** Another hub, ready to fight. */
class OtherHub {
  readonly granted: string[] = [];
  readonly ready: Promise<void>;
  readonly #child: ChildProcess;
  readonly #lines: Interface;
  /** It was granted something, or has nothing to fight for any more. */
  readonly #fights = Promise.withResolvers<void>();
  readonly #done = Promise.withResolvers<void>();
  #errors = '';

  constructor(url: string) {
    this.#child = spawn(process.execPath, [join(import.meta.dirname, '../../test/support/reserve-loop.ts'), url]);
    const ready = Promise.withResolvers<void>();
    this.ready = ready.promise;
    this.#lines = createInterface({ input: this.#child.stdout! });
    this.#lines.on('line', (line) => {
      if (line === 'ready') ready.resolve();
      else if (line === 'done') this.#done.resolve();
      else this.granted.push(line);
      if (line !== 'ready') this.#fights.resolve();
    });
    this.#child.stderr!.on('data', (text) => (this.#errors += String(text)));
  }

  /** Gives it the start that a program of its own needs. */
  async begin(part: Fight): Promise<void> {
    this.#child.stdin!.write(`${JSON.stringify(part)}\n`);
    await this.#fights.promise;
  }

  /** kill -9, after so long or when it is done. What it said before is read to the end. */
  async killAfter(ms: number): Promise<void> {
    await Promise.race([delay(ms), this.#done.promise]);
    this.#child.kill('SIGKILL');
    await once(this.#child, 'close');
    if (this.#errors !== '') throw new Error(this.#errors);
  }
}

/** Skus of which more is reserved than there is: nobody sells here what is not reserved. */
const OVERSOLD = `
  SELECT t.sku, sum(t.reserved) AS reserved, sum(greatest(0, p.on_hand)) AS units
  FROM shelf_terms t JOIN positions p USING (sku, location_no)
  GROUP BY t.sku HAVING sum(t.reserved) > sum(greatest(0, p.on_hand))`;

async function watermarkOf(journal: number): Promise<number> {
  const { rows } = await database.pool.query<{ watermark: number }>(
    'SELECT watermark FROM journals WHERE journal_no = $1',
    [journal],
  );
  return rows[0]!.watermark;
}

async function stock(skus: readonly string[]): Promise<void> {
  for (const location of [1, 2]) {
    const fromSeq = (await watermarkOf(location)) + 1;
    const { ledger, fact } = teller(database.pool);
    const facts = skus.map((sku, place) => {
      const receipt = fact(location, 'receipt', plain({ sku, quantity: 8 }));
      return { ...receipt, seq: fromSeq + place, key: `r-${location}-${fromSeq + place}` };
    });
    await ledger.merge([{ location, journal: location, fromSeq, facts }]);
  }
}

describe('64 clients of two hubs fight for the last units, and one hub is killed (kill -9)', () => {
  it('R1 R2 M6 never oversold, never leaked; reserved is the sum of what is held at every instant', LONG, async () => {
    const random = seededRandom(Number(process.env['FIGHTS_SEED'] ?? 11));
    let next = new OtherHub(database.url);
    let [grants, killed] = [0, 0];
    for (let trial = 0; trial < TRIALS; trial += 1) {
      if (trial % TRIALS_A_ROUND === 0) await beginReservations(database.pool);
      const skus = [`A${trial}`, `B${trial}`] as const;
      await stock(skus);
      const other = next;
      await other.ready;
      const part = { clients: CLIENTS, skus, seed: Math.floor(random() * 1e9) };
      await other.begin({ ...part, name: `o${trial}`, location: 2, fromSeq: (await watermarkOf(2)) + 1 });
      const dying = other.killAfter(random() * 300);
      // The next one is made ready meanwhile.
      next = new OtherHub(database.url);
      const own: string[] = [];
      const found: unknown[] = [];
      const run = { fighting: true };
      const watching = (async () => {
        for (; run.fighting; await delay(10)) {
          found.push(...(await auditReservations(database.pool)), ...(await database.pool.query(OVERSOLD)).rows);
        }
      })();
      const mine: Fight = {
        ...part,
        name: `m${trial}`,
        location: 1,
        fromSeq: (await watermarkOf(1)) + 1,
        seed: part.seed + 1,
      };
      await fight(pool, mine, (key) => own.push(key));
      await dying;
      run.fighting = false;
      await watching;
      expect(found).toEqual([]);
      // What it said was granted is there.
      const said = [...own, ...other.granted];
      const there = await database.pool.query('SELECT FROM reservations WHERE key = ANY ($1)', [said]);
      expect(there.rowCount).toBe(said.length);
      grants += said.length;
      killed += other.granted.length;
      await requireSettled();
    }
    await next.killAfter(0);
    // The killed hub had begun to grant, and units were fought for.
    expect(killed).toBeGreaterThan(0);
    expect(grants).toBeGreaterThan(TRIALS * 10);
  });
});

/**
 * Once everything is over, every unit is on hand and to be had, or was sold: never more in all than there were, though a
 * till may have handed over what another location held, and stand below zero.
 */
async function requireSettled(): Promise<void> {
  // What the killed hub had sent may be under way, and its sweep keeps others from sweeping.
  await waitUntil('nothing is pending', 10_000, async () => {
    await expireDue(pool, Date.now() + HOUR_MS);
    const pending = await database.pool.query("SELECT FROM reservations WHERE state = 'pending' LIMIT 1");
    return pending.rowCount === 0;
  });
  const { rows } = await database.pool.query<{ reservation: number }>(
    "SELECT reservation_no AS reservation FROM reservations WHERE state = 'confirmed'",
  );
  const act = createActs(pool, fewestParcels);
  await Promise.all(rows.map(({ reservation }) => act({ reservation, act: { kind: 'release' } })));
  expect(await auditReservations(database.pool)).toEqual([]);
  const left = await database.pool.query(`
    SELECT a.sku, a.reserved, a.ats[1] AS ats, p.units, m.units AS moved
    FROM availability a
    JOIN (SELECT sku, sum(on_hand) AS units, sum(greatest(0, on_hand)) AS there FROM positions GROUP BY sku) AS p USING (sku)
    JOIN (SELECT sku, sum(quantity) AS units FROM movements GROUP BY sku) AS m USING (sku)
    WHERE a.reserved <> 0 OR a.ats[1] <> p.there OR p.units <> m.units OR p.units < 0`);
  expect(left.rows).toEqual([]);
  expect(await snapshot(database.pool, (client) => findDrift(client))).toEqual({
    numbers: [],
    positions: [],
    behind: [],
    reserved: [],
  });
}

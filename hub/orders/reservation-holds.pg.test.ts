import type { Pool } from 'pg';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { createReservations } from '#hub/reservations/reservations.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { plain } from '#test/support/hub-api.ts';
import {
  asking,
  auditReservations,
  beginReservations,
  openReservationPool,
  teller,
} from '#test/support/reservations.ts';
import { reservationHolds } from './reservation-holds.ts';

let database: TestDatabase;
let pool: Pool;
beforeAll(async () => {
  database = await createTestDatabase();
  pool = openReservationPool(database.url);
});
afterAll(async () => {
  await pool.end();
  await database.drop();
});
beforeEach(() => beginReservations(database.pool));

it('M6 what was handed over elsewhere than it is held leaves nothing reserved, once however often it is told', async () => {
  const reservations = createReservations(pool);
  const holds = reservationHolds(pool, reservations);
  await teller(database.pool).tell(1, 'receipt', plain({ sku: 'A', quantity: 5 }));
  const lines = [{ line: 1, sku: 'A', units: 3, location: 'S1' }];
  const { reservation } = await reservations.reserve(asking('k', { lines }));
  await holds.confirm(reservation);
  const reserved = async () =>
    (await database.pool.query<{ reserved: number }>("SELECT reserved FROM availability WHERE sku = 'A'")).rows[0]!
      .reserved;
  for (let time = 0; time < 2; time += 1) {
    await holds.fulfil(reservation, [{ line: 1, units: 2, location: 'S2' }], 'effect-1');
    expect(await reserved()).toBe(1);
  }
  await holds.fulfil(reservation, [{ line: 1, units: 1, location: 'S1' }], 'effect-2');
  expect(await reserved()).toBe(0);
  // Nothing is left: told further, it changes nothing.
  await holds.fulfil(reservation, [{ line: 1, units: 1, location: 'S1' }], 'effect-3');
  expect(await auditReservations(database.pool)).toEqual([]);
});

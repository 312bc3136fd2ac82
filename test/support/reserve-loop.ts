import { createInterface } from 'node:readline';
import { fight, type Fight } from './reserve-fight.ts';
import { openReservationPool } from './reservations.ts';

/**
 * A program that fights for units of the database in its first argument: to be killed. It begins when it is told its part,
 * a line of JSON; tells each key that was granted, and in the end that it is done.
 */
const pool = openReservationPool(process.argv[2] ?? '', 6);
await pool.query('SELECT 1');
process.stdout.write('ready\n');
for await (const line of createInterface({ input: process.stdin })) {
  await fight(pool, JSON.parse(line) as Fight, (key) => process.stdout.write(`${key}\n`));
  process.stdout.write('done\n');
}
await pool.end();

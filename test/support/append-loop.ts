/** A process of its own for the kill test: appends for ever and prints each acknowledged key with its seq. */
import { STORAGE_ENGINES } from '#agent/storage/engines.ts';
import { openStore } from '#agent/store/store.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { adjustmentDraft } from './facts.ts';

const [folder = '', run = '', asked] = process.argv.slice(2);
const engine = STORAGE_ENGINES.find((name) => name === asked);
const store = await openStore({ folder, engine, logger: silentLogger, clock: systemClock });
process.stdout.write('ready\n');
for (let round = 0; ; round++) {
  // Single appends and groups by turns, several callers at a time.
  const sizes = round % 3 === 0 ? [1] : [1, 7, 40, 2];
  const calls = sizes.map((size, call) =>
    store.journal.append(
      Array.from({ length: size }, (_, place) => adjustmentDraft(`${run}-${round}-${call}-${place}`)),
    ),
  );
  for (const results of await Promise.all(calls)) {
    const lines = results.map((result) => `${result.key} ${'seq' in result ? result.seq : 0}\n`);
    process.stdout.write(lines.join(''));
  }
}

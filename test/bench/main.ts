import { benchAvailability } from './availability.ts';
import { benchDrain } from './drain.ts';
import { benchFleet } from './fleet.ts';
import { benchMerge } from './merge.ts';
import { benchReserve } from './reserve.ts';
import { benchStorage } from './storage/storage.ts';
import { benchWhatIf } from './what-if/what-if.ts';
import { readOptions, USAGE, type BenchCommand, type BenchOptions } from './options.ts';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  merge: benchMerge,
  availability: benchAvailability,
  drain: benchDrain,
  fleet: benchFleet,
  reserve: benchReserve,
  storage: benchStorage,
  'what-if': benchWhatIf,
};

const USAGE_WITH_NAMES = `${USAGE}\nNAME is one of: ${Object.keys(BENCHES).join(', ')}`;

const given = readOptions(process.argv.slice(2));
const mistake = typeof given === 'string' ? given : mistakeIn(given);
if (mistake !== undefined) {
  console.error(`${mistake}\n\n${USAGE_WITH_NAMES}`);
  process.exitCode = 2;
} else if (typeof given !== 'string' && given.help) {
  console.log(USAGE_WITH_NAMES);
} else if (typeof given !== 'string') {
  for (const name of given.names) {
    console.log(`\n== ${name} ==`);
    await BENCHES[name]?.(given.options);
  }
}

function mistakeIn({ names, help }: BenchCommand): string | undefined {
  if (help) return undefined;
  if (names.length === 0) return 'No benchmark is named.';
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  return unknown === undefined ? undefined : `There is no benchmark "${unknown}".`;
}

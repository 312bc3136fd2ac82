import { benchDrain } from './drain.ts';
import { benchFleet } from './fleet.ts';
import { benchMerge } from './merge.ts';
import { readOptions, USAGE, type BenchOptions } from './options.ts';

const BENCHES: Readonly<Record<string, (options: BenchOptions) => Promise<void>>> = {
  merge: benchMerge,
  drain: benchDrain,
  fleet: benchFleet,
};

const given = readOptions(process.argv.slice(2));
if (!given || given.names.length === 0 || given.names.some((name) => !Object.hasOwn(BENCHES, name))) {
  console.error(`${USAGE}\nNAME is one of: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of given.names) {
    console.log(`\n== ${name} ==`);
    await BENCHES[name]?.(given.options);
  }
}

import { readOptions, USAGE, type BenchCommand, type BenchOptions } from './options.ts';

type Bench = (options: BenchOptions) => Promise<void>;

/** Each is loaded when it is run: none measures what another loads, and the usage needs none. */
const BENCHES: Readonly<Record<string, () => Promise<Bench>>> = {
  app: async () => (await import('./app/app.ts')).benchApp,
  merge: async () => (await import('./merge.ts')).benchMerge,
  availability: async () => (await import('./availability.ts')).benchAvailability,
  drain: async () => (await import('./drain.ts')).benchDrain,
  fleet: async () => (await import('./fleet.ts')).benchFleet,
  publish: async () => (await import('./publish.ts')).benchPublish,
  relay: async () => (await import('./relay.ts')).benchRelay,
  reserve: async () => (await import('./reserve.ts')).benchReserve,
  storage: async () => (await import('./storage/storage.ts')).benchStorage,
  'till-to-channel': async () => (await import('./till-to-channel.ts')).benchTillToChannel,
  'what-if': async () => (await import('./what-if/what-if.ts')).benchWhatIf,
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
    const bench = await BENCHES[name]?.();
    await bench?.(given.options);
  }
}

function mistakeIn({ names, help }: BenchCommand): string | undefined {
  if (help) return undefined;
  if (names.length === 0) return 'No benchmark is named.';
  const unknown = names.find((name) => !Object.hasOwn(BENCHES, name));
  return unknown === undefined ? undefined : `There is no benchmark "${unknown}".`;
}

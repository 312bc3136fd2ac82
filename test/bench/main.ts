import { benchMerge } from './merge.ts';

const BENCHES: Readonly<Record<string, () => Promise<void>>> = { merge: benchMerge };

const names = process.argv.slice(2);
const unknown = names.filter((name) => !Object.hasOwn(BENCHES, name));
if (names.length === 0 || unknown.length > 0) {
  console.error(`Usage: npm run bench -- NAME...   where NAME is one of: ${Object.keys(BENCHES).join(', ')}`);
  process.exitCode = 2;
} else {
  for (const name of names) {
    console.log(`\n== ${name} ==`);
    await BENCHES[name]?.();
  }
}

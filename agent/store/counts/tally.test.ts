import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { countAct, type CountAct, type TakenAct } from '#shared/agent-api/count-acts.ts';
import type { ActEntry } from './fold-sku.ts';
import { Tally } from './tally.ts';

const SKUS = ['A', '__proto__'];
const ZONES = ['Window', ' window', 'Back'];
const PEOPLE = ['Ada', 'Ben'];
const CODES = ['404', '405'];
const keyOf = (place: number) => `act-${String(place).padStart(6, '0')}`;

/** Acts as they might come in any order; `entry` is the place of an act before it. */
type Step = { by: number; at: number } & (
  | { do: 'scan'; sku: number | null; code: number; zone: number; quantity: number }
  | { do: 'set'; sku: number; zone: number; quantity: number }
  | { do: 'amend'; back: number; quantity: number }
  | { do: 'undo'; back: number }
  | { do: 'identify'; code: number; sku: number | null }
  | { do: 'resolve'; sku: number; zone: number; take: number | null }
  | { do: 'recount' | 'zero'; sku: number }
);
const said = { by: fc.nat({ max: 1 }), at: fc.nat({ max: 50 }) };
const sku = fc.nat({ max: 1 });
const zone = fc.nat({ max: 2 });
const quantity = fc.integer({ min: 1, max: 9 });
const one = <Do extends Step['do']>(name: Do) => fc.constant(name);
const step: fc.Arbitrary<Step> = fc.oneof(
  {
    weight: 8,
    arbitrary: fc.record({ ...said, do: one('scan'), sku: fc.option(sku), code: fc.nat({ max: 1 }), zone, quantity }),
  },
  { weight: 2, arbitrary: fc.record({ ...said, do: one('set'), sku, zone, quantity }) },
  { weight: 2, arbitrary: fc.record({ ...said, do: one('amend'), back: fc.nat({ max: 9 }), quantity }) },
  { weight: 3, arbitrary: fc.record({ ...said, do: one('undo'), back: fc.nat({ max: 9 }) }) },
  { weight: 1, arbitrary: fc.record({ ...said, do: one('identify'), code: fc.nat({ max: 1 }), sku: fc.option(sku) }) },
  { weight: 2, arbitrary: fc.record({ ...said, do: one('resolve'), sku, zone, take: fc.option(fc.nat({ max: 1 })) }) },
  { weight: 1, arbitrary: fc.record({ ...said, do: fc.constantFrom('recount' as const, 'zero' as const), sku }) },
);

/** Entries as the agent would take them: an amend names a scan, an undo something that is no undo. */
function entriesOf(steps: readonly Step[]): ActEntry[] {
  const entries: ActEntry[] = [];
  for (const given of steps) {
    const key = keyOf(entries.length + 1);
    const targets = entries.filter(({ act }) => (given.do === 'amend' ? act.do === 'scan' : act.do !== 'undo'));
    const entry = 'back' in given ? targets.at(-1 - given.back)?.key : undefined;
    if ('back' in given && entry === undefined) continue;
    const act = countAct.parse(actOf(given, key, entry ?? '')) satisfies TakenAct;
    const known = given.do === 'scan' && given.sku !== null ? SKUS[given.sku]! : null;
    entries.push({ kind: 'act', key, place: entries.length + 1, at: given.at, by: PEOPLE[given.by]!, act, sku: known });
  }
  return entries;
}

function actOf(given: Step, key: string, entry: string): CountAct {
  switch (given.do) {
    case 'scan':
      return { key, do: 'scan', code: CODES[given.code]!, zone: ZONES[given.zone]!, quantity: given.quantity };
    case 'set':
      return { key, do: 'set', sku: SKUS[given.sku]!, zone: ZONES[given.zone]!, quantity: given.quantity };
    case 'amend':
      return { key, do: 'amend', entry, quantity: given.quantity };
    case 'undo':
      return { key, do: 'undo', entry };
    case 'identify':
      return { key, do: 'identify', code: CODES[given.code]!, sku: given.sku === null ? null : SKUS[given.sku]! };
    case 'resolve':
      return {
        key,
        do: 'resolve',
        sku: SKUS[given.sku]!,
        zone: ZONES[given.zone]!,
        choice: given.take === null ? 'add' : { take: PEOPLE[given.take]! },
      };
    case 'recount':
    case 'zero':
      break;
  }
  return { key, do: given.do, skus: [SKUS[given.sku]!] };
}

/** What one person counted of a sku in a zone, said another way: what follows the last word that begins anew. */
function naiveOwn(entries: readonly ActEntry[], of: string, by: string, zone: string): number | undefined {
  const undone = new Set(entries.flatMap(({ act }) => (act.do === 'undo' ? [act.entry] : [])));
  const left = entries.filter(({ key }) => !undone.has(key));
  const meaning = new Map(left.flatMap(({ act }) => (act.do === 'identify' ? [[act.code, act.sku] as const] : [])));
  const isOf = ({ act, sku }: ActEntry) =>
    (act.do === 'scan' && (sku ?? meaning.get(act.code)) === of) || (act.do === 'set' && act.sku === of);
  const dropped = left.findLastIndex(({ act }) => act.do === 'recount' && act.skus.includes(of));
  const own = left
    .slice(dropped + 1)
    .filter((entry) => isOf(entry) && entry.by === by && 'zone' in entry.act && entry.act.zone.toLowerCase() === zone);
  if (own.length === 0) return undefined;
  const anew = own.findLastIndex(({ act }) => act.do === 'set');
  const unitsOf = ({ key, act }: ActEntry) => {
    const amend = left.findLast((later) => later.act.do === 'amend' && later.act.entry === key);
    return amend?.act.do === 'amend' ? amend.act.quantity : 'quantity' in act ? act.quantity : 0;
  };
  return own.slice(Math.max(0, anew)).reduce((sum, entry) => sum + unitsOf(entry), 0);
}

const pictureOf = (tally: Tally) => ({
  counts: Object.fromEntries(tally.counts().map((count) => [count.sku, count])),
  recounts: tally.recounts().sort(),
  unknown: tally.unknownCodes(),
});

describe('a tally', () => {
  it('CN2 is the same however it was made: act by act with looks in between, or at once', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const entries = entriesOf(steps);
        const live = new Tally();
        for (const entry of entries) {
          live.add(entry);
          pictureOf(live);
        }
        const anew = new Tally();
        for (const entry of entries) anew.add(entry);
        expect(pictureOf(live)).toEqual(pictureOf(anew));
      }),
      { numRuns: 300 },
    );
  });

  it('CN2 CN4 each counter has in each zone what follows the last word that begins anew, and a sku is the sum of its zones', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const entries = entriesOf(steps);
        const tally = new Tally();
        for (const entry of entries) tally.add(entry);
        for (const of of SKUS) {
          const count = tally.sku(of);
          for (const zone of ['window', 'back']) {
            const there = count?.zones.find((one) => one.zone.toLowerCase() === zone);
            for (const by of PEOPLE) {
              expect(there?.counters.find((own) => own.by === by)?.quantity).toBe(naiveOwn(entries, of, by, zone));
            }
            if (there === undefined) continue;
            const { choice } = there;
            const isChosen = (by: string) => choice === null || choice === 'add' || by === choice.take;
            const units = there.counters.filter(({ by }) => isChosen(by)).map(({ quantity }) => quantity);
            const isContradiction = there.counters.length > 1 && choice === null;
            expect(there.quantity).toBe(isContradiction ? null : units.reduce((a, b) => a + b, 0));
            expect(choice === null || there.counters.length > 1).toBe(true);
            expect(units.length).toBeGreaterThan(0);
          }
          if (count === undefined || count.isZeroed) continue;
          const isOpen = count.zones.some(({ quantity }) => quantity === null);
          expect(count.quantity).toBe(isOpen ? null : count.zones.reduce((sum, one) => sum + one.quantity!, 0));
          expect(count.lastAt).toBeGreaterThanOrEqual(count.firstAt);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('CN4 a choice between two counters is open again after a later act there; zero is said only of what nobody counted', () => {
    const tally = new Tally();
    const say = (act: Record<string, unknown>, by = 'Ada', at = 1) => {
      const key = keyOf(tally.counts().length + at);
      tally.add({
        kind: 'act',
        key,
        place: at,
        at,
        by,
        act: countAct.parse({ key, ...act }),
        sku: act['do'] === 'scan' ? 'A' : null,
      });
      return key;
    };
    say({ do: 'scan', code: 'A', zone: 'Window', quantity: 5 }, 'Ada', 10);
    say({ do: 'scan', code: 'A', zone: 'window', quantity: 4 }, 'Ben', 20);
    expect(tally.sku('A')).toMatchObject({ quantity: null, lastAt: 20 });
    say({ do: 'resolve', sku: 'A', zone: 'WINDOW', choice: { take: 'Ada' } }, 'Mia', 30);
    expect(tally.sku('A')).toMatchObject({ quantity: 5, firstAt: 10, lastAt: 10 });
    say({ do: 'zero', skus: ['A'] }, 'Mia', 40);
    expect(tally.sku('A')).toMatchObject({ quantity: 5, isZeroed: false });
    const more = say({ do: 'scan', code: 'A', zone: 'Window' }, 'Ben', 50);
    expect(tally.sku('A')).toMatchObject({ quantity: null });
    say({ do: 'undo', entry: more }, 'Ben', 60);
    say({ do: 'resolve', sku: 'A', zone: 'Window', choice: 'add' }, 'Mia', 70);
    expect(tally.sku('A')).toMatchObject({ quantity: 9, lastAt: 20 });
    say({ do: 'recount', skus: ['A'] }, 'Mia', 80);
    expect([tally.sku('A'), tally.recounts()]).toEqual([undefined, ['A']]);
    say({ do: 'zero', skus: ['A'] }, 'Mia', 90);
    expect([tally.sku('A'), tally.recounts()]).toMatchObject([{ quantity: 0, isZeroed: true, lastAt: 90 }, []]);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Candidate, Wanted } from './candidate.ts';
import { distanceKm } from './distance.ts';
import { sourcingDocument, type SourcingDocument } from './sourcing-document.ts';
import { source } from './source.ts';

const rules = (given: object = {}): SourcingDocument => sourcingDocument.parse({ sourcing: 1, ...given });
const at = (location: string, units: Record<string, number>, more: Partial<Candidate> = {}): Candidate => ({
  location,
  units: new Map(Object.entries(units)),
  silentMinutes: 1,
  parcelsToday: 0,
  ...more,
});
const line = (line: string, sku: string, units: number, avoid: string[] = []) => ({ line, sku, units, avoid });
const wanted = (lines: Wanted['lines'], more: Partial<Wanted> = {}): Wanted => ({
  channel: 'web',
  lines,
  near: null,
  collectAt: null,
  ...more,
});
/** `S1: a 2, b 1; S2: b 1`. */
const shown = (parts: ReturnType<typeof source>['parts']): string =>
  [...Map.groupBy(parts, ({ location }) => location)]
    .map(([location, own]) => `${location}: ${own.map(({ line, units }) => `${line} ${units}`).join(', ')}`)
    .join('; ');
const whyOf = ({ candidates }: ReturnType<typeof source>, location: string) =>
  candidates.find((one) => one.location === location)?.why;

const BERLIN = { latitude: 52.52, longitude: 13.4 };
const MUNICH = { latitude: 48.14, longitude: 11.58 };
const ORDER = wanted([line('a', 'A', 2), line('b', 'B', 1)]);

describe('the distance', () => {
  it('is that of the great circle', () => {
    expect(distanceKm(BERLIN, MUNICH)).toBeCloseTo(503.8, 0);
    expect(distanceKm({ latitude: 0, longitude: 179.5 }, { latitude: 0, longitude: -179.5 })).toBeCloseTo(111.2, 1);
    expect(distanceKm({ latitude: 90, longitude: 0 }, { latitude: -90, longitude: 77 })).toBeCloseTo(20_015, 0);
    expect(distanceKm(BERLIN, BERLIN)).toBe(0);
  });
});

describe('where an order is taken from', () => {
  it('in as few parcels as can be, then where most is left', () => {
    const candidates = [at('S1', { A: 2 }), at('S2', { B: 5 }), at('S3', { A: 2, B: 1 }), at('S4', { A: 9, B: 1 })];
    expect(shown(source(ORDER, candidates, rules()).parts)).toBe('S4: a 2, b 1');
    // The one that has the most of it is not among the two that have everything.
    const order = wanted([line('a', 'A', 2), line('b', 'B', 2), line('c', 'C', 2), line('d', 'D', 2)]);
    const two = [at('S1', { A: 1, B: 2, C: 2 }), at('S2', { A: 2, B: 2 }), at('S3', { C: 2, D: 2 })];
    expect(shown(source(order, two, rules()).parts)).toBe('S2: a 2, b 2; S3: c 2, d 2');
  });

  it('near before far, and within a step by the next criterion', () => {
    const document = rules({
      criteria: [{ by: 'distance', step: 100 }, { by: 'parcels' }],
      locations: [
        { code: 'S1', ...BERLIN },
        { code: 'S2', ...MUNICH },
        { code: 'S3', latitude: 52.4, longitude: 13.1 },
      ],
    });
    const near = { latitude: 52.5, longitude: 13.4 };
    const candidates = [at('S1', { A: 1 }), at('S2', { A: 2, B: 1 }), at('S3', { A: 2 }), at('S9', { A: 2, B: 1 })];
    const found = source({ ...ORDER, near }, candidates, document);
    expect(shown(found.parts)).toBe('S3: a 2; S2: b 1');
    expect(found.candidates[0]).toMatchObject({ distanceKm: expect.closeTo(2.2, 0) });
    expect(whyOf(found, 'S9')).toBe('others come before it by the criteria');
  });

  it('by freshness and by load', () => {
    const candidates = [
      at('S1', { A: 9, B: 9 }, { silentMinutes: 90, parcelsToday: 1 }),
      at('S2', { A: 9, B: 9 }, { silentMinutes: 3, parcelsToday: 9 }),
      at('S3', { A: 9, B: 9 }, { silentMinutes: null, parcelsToday: 0 }),
    ];
    expect(shown(source(ORDER, candidates, rules({ criteria: [{ by: 'freshness' }] })).parts)).toMatch(/^S2/);
    const load = rules({ parcelsPerDay: 10, criteria: [{ by: 'load' }] });
    expect(shown(source(ORDER, candidates, load).parts)).toMatch(/^S3/);
  });

  it('never from an excluded location, nor elsewhere than the customer collects', () => {
    const document = rules({
      locations: [{ code: 'S1', closed: true }],
      channels: [{ code: 'web', excluded: ['S2'] }],
    });
    const candidates = [at('S1', { A: 9, B: 9 }), at('S2', { A: 9, B: 9 }), at('S3', { A: 1 })];
    const found = source(ORDER, candidates, document);
    expect(shown(found.parts)).toBe('S3: a 1');
    expect(found.missing).toEqual([
      { line: 'a', units: 1 },
      { line: 'b', units: 1 },
    ]);
    expect(whyOf(found, 'S1')).toBe('closed by the rules');
    expect(whyOf(found, 'S2')).toBe('excluded by the rules for web');
    expect(shown(source({ ...ORDER, channel: 'other' }, candidates, document).parts)).toBe('S2: a 2, b 1');
    const collected = source({ ...ORDER, collectAt: 'S3' }, candidates, rules());
    expect(shown(collected.parts)).toBe('S3: a 1');
    expect(whyOf(collected, 'S1')).toBe('the customer collects at S3');
  });

  it('leaves a shelf its last units, heeds capacity and silence, and gives these up only for units, in their order', () => {
    const document = rules({ keepUnits: 1, parcelsPerDay: 5, heardWithinMinutes: 60, giveUp: ['capacity', 'keep'] });
    const full = at('S1', { A: 9, B: 9 }, { parcelsToday: 5 });
    const small = at('S2', { A: 2, B: 1 });
    const silent = at('S3', { A: 9, B: 9 }, { silentMinutes: 61 });
    const enough = source(ORDER, [full, small, silent, at('S4', { A: 3, B: 2 })], document);
    expect(shown(enough.parts)).toBe('S4: a 2, b 1');
    expect(enough.gaveUp).toEqual([]);
    expect(whyOf(enough, 'S1')).toBe('5 of 5 parcels a day are taken');
    expect(whyOf(enough, 'S2')).toBe('others come before it by the criteria');
    expect(whyOf(enough, 'S3')).toBe('was last heard of 61 minutes ago');
    const capacity = source(ORDER, [full, small, silent], document);
    expect([shown(capacity.parts), capacity.gaveUp]).toEqual(['S1: a 2, b 1', ['capacity']]);
    const keep = source(ORDER, [small, silent], document);
    expect([shown(keep.parts), keep.gaveUp]).toEqual(['S2: a 2, b 1', ['capacity', 'keep']]);
    const nothing = source(ORDER, [silent], document);
    expect([nothing.parts, nothing.gaveUp]).toEqual([[], []]);
    const one = at('S5', { A: 1 });
    expect(whyOf(source(wanted([line('a', 'A', 1)]), [one, at('S6', { A: 2 })], document), 'S5')).toBe(
      'keeps 1 of each sku',
    );
  });

  it('not where a line was missed before', () => {
    const order = wanted([line('a', 'A', 2, ['S1']), line('b', 'B', 1)]);
    const found = source(order, [at('S1', { A: 9, B: 9 }), at('S2', { A: 9 })], rules());
    expect(shown(found.parts)).toBe('S2: a 2; S1: b 1');
    const only = source(wanted([line('a', 'A', 2, ['S1'])]), [at('S1', { A: 9 })], rules());
    expect(whyOf(only, 'S1')).toBe('could not give them before');
  });
});

const SKUS = ['A', 'B', 'C'];
const candidates = fc.array(fc.record({ A: fc.nat(4), B: fc.nat(4), C: fc.nat(4) }), { maxLength: 6 });
const lines = fc.array(fc.record({ sku: fc.constantFrom(...SKUS), units: fc.integer({ min: 1, max: 5 }) }), {
  minLength: 1,
  maxLength: 4,
});

describe('any order and any stock', () => {
  it('gets all that there is, never more than is there or wanted, from one or two locations whenever these have it', () => {
    let pairs = 0;
    fc.assert(
      fc.property(candidates, lines, (stock, want) => {
        const list = stock.map((units, n) => at(`S${n}`, units));
        const order = wanted(want.map(({ sku, units }, n) => line(`${n}`, sku, units)));
        const { parts, missing } = source(order, list, rules());
        for (const sku of SKUS) {
          const there = list.map(({ units }) => units.get(sku) ?? 0);
          const needed = want.reduce((sum, one) => sum + (one.sku === sku ? one.units : 0), 0);
          const own = parts.filter((part) => want[Number(part.line)]?.sku === sku);
          const given = own.reduce((sum, { units }) => sum + units, 0);
          expect(given).toBe(
            Math.min(
              needed,
              there.reduce((sum, units) => sum + units, 0),
            ),
          );
          for (const [place, units] of there.entries()) {
            const taken = own
              .filter(({ location }) => location === `S${place}`)
              .reduce((sum, part) => sum + part.units, 0);
            expect(taken).toBeLessThanOrEqual(units);
          }
        }
        const needs = SKUS.map((sku) => want.reduce((sum, one) => sum + (one.sku === sku ? one.units : 0), 0));
        const hasAll = (...some: (typeof stock)[number][]) =>
          SKUS.every((sku, n) => some.reduce((sum, own) => sum + own[sku as 'A'], 0) >= needs[n]!);
        const fewest = stock.some((one) => hasAll(one))
          ? 1
          : stock.some((one, n) => stock.slice(n + 1).some((other) => hasAll(one, other)))
            ? 2
            : Infinity;
        const used = new Set(parts.map(({ location }) => location)).size;
        pairs += fewest === 2 ? 1 : 0;
        expect(used <= fewest || fewest === Infinity).toBe(true);
        expect(missing.length === 0 || fewest === Infinity).toBe(true);
      }),
      { numRuns: 500 },
    );
    expect(pairs).toBeGreaterThan(50);
  });

  it('is answered the same whatever the order of the candidates', () => {
    fc.assert(
      fc.property(candidates, lines, (stock, want) => {
        const list = stock.map((units, n) => at(`S${n}`, units));
        const order = wanted(want.map(({ sku, units }, n) => line(`${n}`, sku, units)));
        expect(source(order, list.toReversed(), rules()).parts).toEqual(source(order, list, rules()).parts);
      }),
    );
  });
});

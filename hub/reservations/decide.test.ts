import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { availableToSell, type Share } from '#shared/stock/ats.ts';
import { decide, Shelves, type Decision, type Shelf, type Stock } from './decide.ts';
import { decideBatch, keyed, type BatchContext } from './decide-batch.ts';
import type { ReservationRequest } from './reservation.ts';
import { fewestParcels, type Sourcing } from './sourcing.ts';

const SKUS = ['A', 'B'] as const;
const LOCATIONS = [1, 2, 3] as const;
const codeOf = (location: number): string => `S${location}`;
const locationOf = (code: string): number | undefined => LOCATIONS.find((location) => codeOf(location) === code);

const few = fc.nat(6);
const maybe = <T>(value: fc.Arbitrary<T>) => fc.option(value, { nil: null, freq: 2 });
const share: fc.Arbitrary<Share> = fc.oneof(
  few.map((units) => ({ units })),
  fc.constantFrom(0, 10, 33.3, 50).map((percent) => ({ percent })),
);
/** Two channels, 1 and 2. */
const both = <T>(value: fc.Arbitrary<T>) => fc.tuple(value, value);
const shelf = (location: number): fc.Arbitrary<Shelf> =>
  fc.record({
    location: fc.constant(location),
    onHand: fc.integer({ min: -2, max: 12 }),
    reserved: few,
    withheld: both(maybe(fc.nat(3))),
    exclusives: fc.array(fc.record({ channel: fc.constantFrom('1', '2'), share }), {
      maxLength: 2,
    }),
    shared: both(fc.option(share, { nil: undefined })),
  });
const stock = (sku: string): fc.Arbitrary<Stock> =>
  fc.record({
    sku: fc.constant(sku),
    shelves: fc.tuple(...LOCATIONS.map(shelf)),
    holdback: both(maybe(few)),
    cap: both(maybe(few)),
    minPublish: both(maybe(few)),
    inbound: both(maybe(few)),
  });
const request: fc.Arbitrary<Omit<ReservationRequest, 'key'>> = fc
  .record({
    channel: fc.constantFrom('1', '2'),
    mode: fc.constantFrom('all', 'partial'),
    lines: fc.array(
      fc.record({
        sku: fc.constantFrom(...SKUS),
        units: fc.integer({ min: 1, max: 6 }),
        location: fc.option(fc.constantFrom('S1', 'S2', 'S3', 'S9'), { nil: undefined, freq: 3 }),
      }),
      { minLength: 1, maxLength: 4 },
    ),
  })
  .map(({ lines, ...rest }) => ({
    ...rest,
    ttlSeconds: 60,
    lines: lines.map((line, place) => ({ ...line, line: place + 1 })),
  }));

/** What a channel may have, by the formula alone. */
function formula({ shelves, ...limits }: Stock, slot: number) {
  const own = shelves.filter(({ withheld }) => (withheld[slot - 1] ?? null) !== null);
  return availableToSell(
    String(slot),
    own.map((shelf) => ({
      ...shelf,
      location: codeOf(shelf.location),
      safetyStock: shelf.withheld[slot - 1]!,
      lagBuffer: 0,
      recordBuffer: 0,
      shared: shelf.shared[slot - 1],
    })),
    {
      inbound: limits.inbound[slot - 1] ?? 0,
      holdback: limits.holdback[slot - 1] ?? 0,
      cap: limits.cap[slot - 1] ?? Infinity,
      minPublish: limits.minPublish[slot - 1] ?? 0,
    },
  );
}

type Offers = ReadonlyMap<string, ReturnType<typeof formula>>;
const sum = (list: readonly { readonly units: number }[]): number =>
  list.reduce((total, { units }) => total + units, 0);

/** What of a decision is more than the channel could have at that moment, or less than it should get. */
function wrongWith(asked: Omit<ReservationRequest, 'key'>, decision: Decision, before: Offers): string[] {
  const wrong: string[] = [];
  const must = (holds: boolean, what: string): void => {
    if (!holds) wrong.push(`${what}: ${JSON.stringify({ asked, decision })}`);
  };
  const isFree = asked.lines.every(({ location }) => location === undefined);
  const wantedOf = (sku: string): number => sum(asked.lines.filter((line) => line.sku === sku));
  const mostOf = (sku: string): number => {
    const { ats, shelves } = before.get(sku)!;
    return Math.min(
      ats,
      shelves.reduce((total, { sellable }) => total + sellable, 0),
    );
  };
  if (!decision.granted) {
    must(decision.refusal.code === 'RESERVATION_SHORT', 'another refusal');
    const isShort =
      asked.mode === 'all'
        ? SKUS.some((sku) => wantedOf(sku) > mostOf(sku))
        : SKUS.every((sku) => wantedOf(sku) === 0 || mostOf(sku) === 0);
    must(isShort || !isFree, 'refused though it could be had');
    return wrong;
  }
  for (const sku of SKUS) {
    const parts = decision.parts.filter((part) => part.sku === sku);
    const held = sum(parts);
    must(held <= mostOf(sku), 'more than the channel may sell');
    for (const [location, there] of Map.groupBy(parts, (part) => part.location)) {
      const shelf = before.get(sku)!.shelves.find((one) => one.location === codeOf(location));
      must(sum(there) <= shelf!.sellable, 'more than a location has for the channel');
    }
    if (asked.mode === 'all') must(held === wantedOf(sku), 'not all');
    else if (isFree) must(held === Math.min(wantedOf(sku), mostOf(sku)), 'less than there is');
  }
  for (const { line, location } of decision.parts) {
    const bound = asked.lines.find((one) => one.line === line)!.location;
    must(bound === undefined || codeOf(location) === bound, 'elsewhere than it is bound to');
  }
  return wrong;
}

describe('decide', () => {
  it('R1 grants, request by request, never more than the formula gives at that moment, nor less than it could', () => {
    let granted = 0;
    let refused = 0;
    const wrong: string[] = [];
    fc.assert(
      fc.property(
        fc.tuple(stock('A'), stock('B')),
        fc.array(request, { minLength: 1, maxLength: 8 }),
        (stocks, requests) => {
          const shelves = new Shelves(stocks);
          // The naive one keeps what is reserved by itself and works everything out anew.
          const naive = new Map(stocks.map((one) => [one.sku, structuredClone(one)]));
          for (const [place, asked] of requests.entries()) {
            const slot = Number(asked.channel);
            const before = new Map(stocks.map(({ sku }) => [sku, formula(naive.get(sku)!, slot)]));
            const decision = decide(shelves, { ...asked, key: `k${place}` }, { slot, locationOf }, fewestParcels);
            wrong.push(...wrongWith(asked, decision, before));
            if (!decision.granted) {
              refused += 1;
              continue;
            }
            granted += 1;
            for (const { sku, location, units } of decision.parts) {
              const known = naive.get(sku)!;
              naive.set(sku, {
                ...known,
                shelves: known.shelves.map((shelf) =>
                  shelf.location === location ? { ...shelf, reserved: shelf.reserved + units } : shelf,
                ),
              });
            }
          }
        },
      ),
      { numRuns: 2_000 },
    );
    expect(wrong).toEqual([]);
    expect(granted).toBeGreaterThan(500);
    expect(refused).toBeGreaterThan(500);
  });

  const plainShelf = (location: number, onHand: number): Shelf => {
    return { location, onHand, reserved: 0, withheld: [0], exclusives: [], shared: [] };
  };
  const plain = (sku: string, ...units: number[]): Stock => {
    const shelves = units.map((onHand, place) => plainShelf(place + 1, onHand));
    return { sku, shelves, holdback: [], cap: [], minPublish: [], inbound: [] };
  };
  const asks = (...lines: [sku: string, units: number][]): ReservationRequest => ({
    key: 'k',
    channel: 'web',
    mode: 'all',
    ttlSeconds: 60,
    lines: lines.map(([sku, units], place) => ({ line: place + 1, sku, units })),
  });
  const names = { slot: 1, locationOf };

  it('R1 the same line twice in one request counts twice', () => {
    const refused = decide(new Shelves([plain('A', 3)]), asks(['A', 2], ['A', 2]), names, fewestParcels);
    expect(refused).toMatchObject({ granted: false, refusal: { code: 'RESERVATION_SHORT' } });
    const granted = decide(new Shelves([plain('A', 3)]), asks(['A', 2], ['A', 1]), names, fewestParcels);
    expect(granted).toMatchObject({ granted: true, lines: [{ reserved: 2 }, { reserved: 1 }] });
  });

  it('units on their way are published and cannot be reserved: it says what could be had', () => {
    const coming: Stock = { ...plain('A', 2), inbound: [5] };
    const shelves = new Shelves([coming]);
    expect(shelves.offer('A', 1)).toMatchObject({ ats: 7, reservable: 2 });
    const decision = decide(shelves, asks(['A', 3]), names, fewestParcels);
    if (decision.granted) throw new Error('it was granted');
    expect(decision.refusal.message).toBe(
      'Channel "web": line 1 ("A"): 2 of 3 can be had; 5 more are on their way and cannot be reserved yet.',
    );
    expect(decision.refusal.context).toEqual({
      short: [{ line: 1, sku: 'A', units: 3, available: 2, onTheWay: 5 }],
    });
  });

  it.for<[string, Sourcing]>([
    ['more than there is', (lines) => lines.map(({ line }) => ({ line, location: 1, units: 99 }))],
    ['a place that has none', (lines) => lines.map(({ line }) => ({ line, location: 2, units: 1 }))],
    ['a line that nobody asked for', () => [{ line: 7, location: 1, units: 1 }]],
    ['parts of units', (lines) => lines.map(({ line }) => ({ line, location: 1, units: 0.5 }))],
    [
      'the same units twice',
      (lines) => lines.flatMap(({ line }) => [1, 1, 1].map((units) => ({ line, location: 1, units }))),
    ],
  ])('R1 a sourcing that places %s promises nothing', ([, source]) => {
    expect(() => decide(new Shelves([plain('A', 2)]), asks(['A', 2]), names, source)).toThrow('the sourcing placed');
  });

  it('takes everything from one location where one has everything, and leaves the nearest to empty for last', () => {
    const shelves = new Shelves([plain('A', 9, 5, 7), plain('B', 0, 3, 4)]);
    const both = decide(shelves, asks(['A', 2], ['B', 2]), names, fewestParcels);
    expect(both).toMatchObject({ granted: true, parts: [{ location: 3 }, { location: 3 }] });
    const one = decide(shelves, asks(['A', 3]), names, fewestParcels);
    expect(one).toMatchObject({ granted: true, parts: [{ location: 1, units: 3 }] });
    const split = decide(shelves, asks(['A', 12]), names, fewestParcels);
    expect(split).toMatchObject({
      granted: true,
      parts: [{ location: 1 }, { location: 2 }, { location: 3, units: 1 }],
    });
  });
});

describe('decideBatch', () => {
  const context = (onHand: number): BatchContext => ({
    stocks: [
      {
        sku: 'A',
        shelves: [{ location: 1, onHand, reserved: 0, withheld: [0], exclusives: [], shared: [] }],
        holdback: [],
        cap: [],
        minPublish: [],
        inbound: [],
      },
    ],
    codes: new Map([[1, 'S1']]),
    slots: new Map([['web', 1]]),
    known: new Map(),
    numbers: [11, 12, 13, 14],
    now: 1_000,
  });
  const ask = (key: string, units: number, channel = 'web') =>
    keyed({ key, channel, mode: 'all', ttlSeconds: 60, lines: [{ line: 1, sku: 'A', units }] });

  it('R2 the same key in one batch gets the first answer, with other content a refusal; one bad request fails alone', () => {
    const asked = [ask('a', 2), ask('a', 2), ask('a', 1), ask('b', 9), ask('c', 1, 'nowhere'), ask('d', 1)];
    const { answers, made } = decideBatch(asked, context(3), fewestParcels);
    expect(answers[0]).toMatchObject({ reservation: 11, key: 'a', expiresAt: 61_000 });
    expect(answers[1]).toBe(answers[0]);
    expect(answers.slice(2, 5).map((answer) => answer instanceof ShelfwireError && answer.code)).toEqual([
      'KEY_REUSED',
      'RESERVATION_SHORT',
      'NOT_FOUND',
    ]);
    expect(answers[5]).toMatchObject({ reservation: 12, key: 'd' });
    expect(made.map(({ answer }) => answer.key)).toEqual(['a', 'd']);
  });

  it('R1 requests of one batch count one after the other, in the order of their arrival', () => {
    const { answers } = decideBatch([ask('a', 2), ask('b', 2), ask('c', 1)], context(3), fewestParcels);
    expect(answers.map((answer) => !(answer instanceof ShelfwireError))).toEqual([true, false, true]);
  });
});

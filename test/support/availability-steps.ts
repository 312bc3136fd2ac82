import fc from 'fast-check';
import type { Pool } from 'pg';
import type { RulesDocument } from '#hub/availability/rules/rules-document.ts';
import { followMoves, type FollowOptions } from '#hub/availability/engine/follow-moves.ts';
import { createLedger } from '#hub/ledger/merge.ts';
import { line, plain, readFact, sale } from './hub-api.ts';
import { GROUPS, LOCATIONS, numbered, place, product, rulesOf, SKUS, validity } from './rules-documents.ts';

export const CHANNELS = ['web', 'amazon', 'ebay'] as const;
/** Facts of random steps were recorded at this instant, or some ms later. */
export const FACTS_AT = 1_790_000_000_000;
const HOUR_MS = 3_600_000;
/** The instant at which rules of a random document hold or not. */
export const RULES_AT = Date.parse('2026-03-03T12:00:00Z');

const channel = fc.constantFrom(...CHANNELS);
const few = fc.integer({ min: 0, max: 8 });
const share = fc.oneof(fc.record({ units: few }), fc.record({ percent: fc.constantFrom(0, 10, 25, 33.3, 50) }));
const all = (...parts: fc.Arbitrary<object>[]) =>
  fc.tuple(...parts).map((list) => Object.assign({}, ...list) as object);
const maybeUnits = (name: string) =>
  fc.option(few, { nil: undefined }).map((n) => (n === undefined ? {} : { [name]: n }));

/** Any rules; two may speak of the same, then the first of equal rank counts. */
export const rules: fc.Arbitrary<RulesDocument> = fc
  .record({
    transitHours: fc.constantFrom(0, 5, 48),
    channels: fc.tuple(
      ...CHANNELS.map((code) =>
        all(
          fc.record({ locations: fc.subarray([...LOCATIONS]), groups: fc.subarray(['north', 'south']) }),
          maybeUnits('holdback'),
          maybeUnits('cap'),
          maybeUnits('minPublish'),
          fc.record({ inboundHorizonHours: fc.constantFrom(0, 0.5, 24, 200) }),
        ).map((rest) => ({ code, name: code, ...rest })),
      ),
    ),
    safetyStock: fc.array(
      all(
        product,
        place,
        validity,
        fc.record({ units: few }),
        fc.option(channel).map((c) => (c ? { channel: c } : {})),
      ),
      { maxLength: 6 },
    ),
    limits: fc.array(
      all(
        product,
        validity,
        channel.map((c) => ({ channel: c })),
        maybeUnits('holdback'),
        maybeUnits('cap'),
        maybeUnits('minPublish'),
      ),
      { maxLength: 5 },
    ),
    allocations: fc.array(
      all(product, place, validity, share, fc.record({ channel, mode: fc.constantFrom('exclusive', 'shared') })),
      { maxLength: 6 },
    ),
  })
  .map((parts) =>
    rulesOf({
      groups: GROUPS,
      ...parts,
      safetyStock: numbered(parts.safetyStock, 's'),
      limits: numbered(parts.limits, 'l'),
      allocations: numbered(parts.allocations, 'a'),
    }),
  );

export type Step =
  | { readonly kind: 'facts'; readonly location: number; readonly facts: readonly Entry[] }
  | { readonly kind: 'rules'; readonly rules: RulesDocument }
  /** It is so long after the facts now. */
  | { readonly kind: 'time'; readonly afterMs: number };
export interface Entry {
  readonly kind: 'sale' | 'receipt' | 'count' | 'void' | 'transferOut' | 'transferIn';
  readonly sku: string;
  readonly quantity: number;
  readonly ms: number;
  /** Of a sale: whose units it hands over. */
  readonly reservation?: string;
}
export const entry: fc.Arbitrary<Entry> = fc.record({
  kind: fc.constantFrom('sale', 'sale', 'receipt', 'count', 'void', 'transferOut', 'transferOut', 'transferIn'),
  sku: fc.constantFrom(...SKUS),
  quantity: fc.integer({ min: 1, max: 12 }),
  ms: fc.nat(50),
});
export const facts: fc.Arbitrary<Step> = fc.record({
  kind: fc.constant('facts'),
  location: fc.constantFrom(1, 2, 3, 4),
  facts: fc.array(entry, { minLength: 1, maxLength: 6 }),
});
/** Before, at and after the edges of horizons and of what is overdue. */
export const time: fc.Arbitrary<Step> = fc
  .tuple(fc.constantFrom(0, 1, 4, 5, 10, 24, 48, 96, 500), fc.integer({ min: -2, max: 60 }))
  .map(([hours, ms]): Step => ({ kind: 'time', afterMs: Math.max(0, hours * HOUR_MS + ms) }));
export const steps: fc.Arbitrary<Step[]> = fc.array(
  fc.oneof(
    { weight: 5, arbitrary: facts },
    { weight: 1, arbitrary: rules.map((rules): Step => ({ kind: 'rules', rules })) },
    { weight: 1, arbitrary: time },
  ),
  { minLength: 4, maxLength: 14 },
);

/** Seqs go on by journal; a void names one of the last keys of its store. */
export function feeder(pool: Pool, options: FollowOptions = {}) {
  const ledger = createLedger(pool, followMoves(options));
  const seqs = new Map<number, number>();
  return async (location: number, entries: readonly Entry[]): Promise<void> => {
    const fromSeq = (seqs.get(location) ?? 0) + 1;
    const list = entries.map((entry, index) => {
      const { kind, ms } = entry;
      const seq = fromSeq + index;
      const body = bodyOf(entry, location, seq);
      return readFact(seq, FACTS_AT + ms, kind, `k${location}-${seq}`, body);
    });
    seqs.set(location, fromSeq + list.length - 1);
    await ledger.merge([{ location, journal: location, fromSeq, facts: list }]);
  };
}

function bodyOf({ kind, sku, quantity, ms, reservation }: Entry, location: number, seq: number): object {
  const lines = plain({ sku, quantity });
  // Few transfers, and few ends of them: what is sent is often received, in part, elsewhere, or before it was sent.
  const transfer = `T${quantity % 3}`;
  const other = `S${1 + ((location + (ms % 3)) % 4)}`;
  if (kind === 'sale') return sale({ ...line(sku, quantity), ...(reservation === undefined ? {} : { reservation }) });
  if (kind === 'void') return { voids: `k${location}-${Math.max(1, seq - quantity)}`, reason: 'mistake' };
  if (kind === 'transferOut')
    return { transfer, to: other, ...(ms % 4 === 0 ? {} : { expectedAt: FACTS_AT + ms * HOUR_MS }), ...lines };
  if (kind === 'transferIn') return { transfer, from: other, ...(ms % 5 === 0 ? { final: true } : {}), ...lines };
  return lines;
}

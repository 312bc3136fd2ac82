import fc from 'fast-check';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import type { MergeableFact } from '#shared/stock/merge.ts';

/** A base instant; histories crowd into few ms after it, so that equal instants and late facts are common. */
export const BASE_AT = 1_790_000_000_000;

const skus = ['APPLE', 'BRUSH', 'CANDLE'] as const;
const sku = fc.constantFrom(...skus);
const quantity = fc.integer({ min: 1, max: 9 });
const condition = fc.constantFrom('sellable', 'damaged', 'quarantined');

interface Draft {
  kind: FactKind;
  body: object;
  /** Voids name a fact by its place in the whole history, before or after themselves. */
  target?: number;
}

const sold = fc.array(fc.record({ sku, quantity, unitPriceMinor: fc.constant(100) }), { minLength: 1, maxLength: 4 });
const moved = fc.array(fc.record({ sku, quantity }), { minLength: 1, maxLength: 3 });
const counted = fc.uniqueArray(fc.record({ sku, quantity: fc.integer({ min: 0, max: 30 }) }), {
  minLength: 1,
  maxLength: 3,
  selector: (line) => line.sku,
});

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 6, arbitrary: sold.map((lines): Draft => ({ kind: 'sale', body: { currency: 'GBP', lines } })) },
  { weight: 3, arbitrary: counted.map((lines): Draft => ({ kind: 'count', body: { lines } })) },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.record({ sku, quantity, unitPriceMinor: fc.constant(100), condition }), { minLength: 1, maxLength: 2 })
      .map((lines): Draft => ({ kind: 'return', body: { currency: 'GBP', lines } })),
  },
  { weight: 2, arbitrary: moved.map((lines): Draft => ({ kind: 'receipt', body: { lines } })) },
  {
    weight: 1,
    arbitrary: moved.map((lines): Draft => ({ kind: 'transferOut', body: { transfer: 'T1', to: 'S9', lines } })),
  },
  {
    weight: 1,
    arbitrary: moved.map((lines): Draft => ({ kind: 'transferIn', body: { transfer: 'T1', from: 'S9', lines } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.record({ sku, quantity: quantity.map((units) => units - 10), condition }), {
        minLength: 1,
        maxLength: 2,
      })
      .map((lines): Draft => ({ kind: 'adjustment', body: { reason: 'damaged', lines } })),
  },
  { weight: 2, arbitrary: fc.nat(60).map((target): Draft => ({ kind: 'void', body: { reason: 'mistake' }, target })) },
);

/** Two stores; the first has two journals (1 and 2), the second one (3). */
export const JOURNALS = [
  { location: 1, journal: 1 },
  { location: 1, journal: 2 },
  { location: 2, journal: 3 },
] as const;

/** A random history of all kinds of facts: gapless seqs per journal, instants in any order, voids early and late. */
export const history: fc.Arbitrary<MergeableFact[]> = fc
  .array(fc.tuple(fc.constantFrom(...JOURNALS), fc.nat(12), draft), { minLength: 1, maxLength: 40 })
  .map((entries) => {
    const lastSeq = new Map<number, number>();
    return entries.map(([{ location, journal }, ms, { kind, body, target }], place) => {
      const seq = (lastSeq.get(journal) ?? 0) + 1;
      lastSeq.set(journal, seq);
      const whole = target === undefined ? body : { ...body, voids: `fact-${target}` };
      const { content, digest } = canonicalContent(kind, whole);
      return { location, order: { at: BASE_AT + ms, journal, seq }, key: `fact-${place}`, digest, content };
    });
  });

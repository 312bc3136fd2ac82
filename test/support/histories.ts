import fc from 'fast-check';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { FactKind } from '#shared/protocol/fact.ts';
import type { DatedCountLimit } from '#shared/stock/count-limit.ts';
import type { CountVerdict, MergeableFact, WriteOff } from '#shared/stock/merge.ts';

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
const counted = fc.uniqueArray(fc.record({ sku, quantity: fc.integer({ min: 0, max: 30 }) }), {
  minLength: 1,
  maxLength: 3,
  selector: (line) => line.sku,
});

/** The two stores of the histories, and one that the hub does not know. */
const store = fc.constantFrom('S1', 'S2', 'S2', 'S1', 'S9');
const transfer = fc.constantFrom('T1', 'T2');
/** Sent and received alike now and then, so that transfers also come out even. */
const shipped = fc.array(fc.record({ sku, quantity: fc.constantFrom(1, 2, 2, 3, 5) }), { minLength: 1, maxLength: 3 });
const expectedAt = fc.option(
  fc.nat(3).map((hours) => BASE_AT + hours * 3_600_000),
  { nil: undefined },
);
const adjusted = fc.oneof(
  fc.record({ sku, quantity: quantity.map((units) => units - 10), condition }),
  fc.record({ sku, quantity, condition, to: condition }).filter((line) => line.to !== line.condition),
);

const draft: fc.Arbitrary<Draft> = fc.oneof(
  { weight: 6, arbitrary: sold.map((lines): Draft => ({ kind: 'sale', body: { currency: 'GBP', lines } })) },
  {
    weight: 3,
    arbitrary: fc
      .tuple(counted, fc.constantFrom(undefined, 'cycle', 'full', 'blind'))
      .map(([lines, type]): Draft => ({ kind: 'count', body: { type, lines } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.record({ sku, quantity, unitPriceMinor: fc.constant(100), condition }), { minLength: 1, maxLength: 2 })
      .map((lines): Draft => ({ kind: 'return', body: { currency: 'GBP', lines } })),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(fc.record({ sku, quantity, condition: fc.option(condition, { nil: undefined }) }), {
        minLength: 1,
        maxLength: 3,
      })
      .map((lines): Draft => ({ kind: 'receipt', body: { lines } })),
  },
  {
    weight: 3,
    arbitrary: fc.tuple(transfer, store, expectedAt, shipped).map(([transfer, to, expectedAt, lines]): Draft => {
      return { kind: 'transferOut', body: { transfer, to, expectedAt, lines } };
    }),
  },
  {
    weight: 3,
    arbitrary: fc
      .tuple(transfer, store, fc.boolean(), fc.oneof({ weight: 4, arbitrary: shipped }, fc.constant([])))
      .map(([transfer, from, isFinal, lines]): Draft => {
        const final = isFinal || lines.length === 0 ? true : undefined;
        return { kind: 'transferIn', body: { transfer, from, final, lines } };
      }),
  },
  {
    weight: 2,
    arbitrary: fc
      .array(adjusted, { minLength: 1, maxLength: 2 })
      .map((lines): Draft => ({ kind: 'adjustment', body: { reason: 'damaged', code: 'damage', lines } })),
  },
  {
    weight: 2,
    arbitrary: fc.tuple(fc.constantFrom('picked', 'handedOver', 'shipped'), shipped).map(([step, lines]): Draft => {
      return { kind: 'task', body: { task: 1, step, lines: lines.map((line) => ({ line: 'a', ...line })) } };
    }),
  },
  { weight: 3, arbitrary: fc.nat(30).map((target): Draft => ({ kind: 'void', body: { reason: 'mistake' }, target })) },
);

/** Two stores; the first has two journals (1 and 2), the second one (3). */
export const JOURNALS = [
  { location: 1, journal: 1 },
  { location: 1, journal: 2 },
  { location: 2, journal: 3 },
] as const;

/** A random history of all kinds of facts, long ones as often as short ones (`size`): gapless seqs per journal, instants in any order, voids early and late. */
export const history: fc.Arbitrary<MergeableFact[]> = fc
  .array(fc.tuple(fc.constantFrom(...JOURNALS), fc.nat(12), draft), { minLength: 1, maxLength: 40, size: 'max' })
  .map((entries) => {
    const lastSeq = new Map<number, number>();
    return entries.map(([{ location, journal }, ms, { kind, body, target }], place) => {
      const seq = (lastSeq.get(journal) ?? 0) + 1;
      lastSeq.set(journal, seq);
      const whole = target === undefined ? elsewhere(location, body) : { ...body, voids: `fact-${target}` };
      const { content, digest } = canonicalContent(kind, whole);
      return { location, order: { at: BASE_AT + ms, journal, seq }, key: `fact-${place}`, digest, content };
    });
  });

/** A transfer of a store to itself is not merged: its other end becomes the other store. */
function elsewhere(location: number, body: object): object {
  const own = `S${location}`;
  const other = `S${3 - location}`;
  return Object.fromEntries(
    Object.entries(body).map(([name, value]) => [
      name,
      (name === 'to' || name === 'from') && value === own ? other : value,
    ]),
  );
}

/** Facts with what people have set and decided beside them. */
export interface JudgedHistory {
  readonly facts: MergeableFact[];
  readonly limits: readonly DatedCountLimit[];
  readonly verdicts: readonly CountVerdict[];
  readonly writeOffs: readonly WriteOff[];
}

const limit = fc.record({
  location: fc.constantFrom(0, 1, 2),
  fromAt: fc.nat(8).map((ms) => BASE_AT + ms),
  units: fc.option(fc.nat(12)),
  percent: fc.option(fc.constantFrom(10, 50, 200)),
});
const writeOff = fc.record({
  from: store,
  transfer,
  sku,
  place: store,
  units: fc.constantFrom(-2, -1, 1, 2, 3),
});

/** Histories with limits of counts, decisions about some counts, and transfers settled by hand. */
export const judgedHistory: fc.Arbitrary<JudgedHistory> = fc
  .record({
    facts: history,
    limits: fc.uniqueArray(limit, { maxLength: 4, selector: ({ location, fromAt }) => `${location} ${fromAt}` }),
    decisions: fc.array(fc.tuple(fc.nat(40), fc.constantFrom('approved', 'rejected')), { maxLength: 20 }),
    writeOffs: fc.array(writeOff, { maxLength: 3 }),
  })
  .map(({ facts, limits, decisions, writeOffs }) => {
    const decided = new Map(decisions);
    const verdicts = facts.flatMap(({ location, order, content }, place): CountVerdict[] => {
      const decision = decided.get(place);
      if (decision === undefined || content.kind !== 'count') return [];
      return content.body.lines.slice(0, 2).map(({ sku }) => ({ location, sku, order, decision }));
    });
    return { facts, limits, verdicts, writeOffs };
  });

/** Histories of one shelf, crowded with counts of which many are held: what comes late lies between them. */
export const heldHistory: fc.Arbitrary<JudgedHistory> = fc
  .array(fc.tuple(fc.nat(12), fc.boolean(), fc.nat(6)), { minLength: 4, maxLength: 16, size: 'max' })
  .map((entries) => {
    const facts = entries.map(([ms, counts, quantity], place): MergeableFact => {
      const lines = [{ sku: skus[0], quantity: counts ? quantity : quantity + 1 }];
      const { content, digest } = canonicalContent(counts ? 'count' : 'receipt', { lines });
      const order = { at: BASE_AT + ms, journal: 1, seq: place + 1 };
      return { location: 1, order, key: `fact-${place}`, digest, content };
    });
    return { facts, limits: [{ location: 0, fromAt: BASE_AT, units: 2, percent: null }], verdicts: [], writeOffs: [] };
  });

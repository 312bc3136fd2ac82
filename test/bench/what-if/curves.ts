import { Replay } from '#hub/availability/what-if/replay.ts';
import { policySchema, type Policy } from '#hub/availability/what-if/policy.ts';
import { addTally, emptyTally, type Ledger, type Tally } from '#hub/availability/what-if/tally.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import type { Retail } from './retail.ts';
import { oversoldAt, resample, type Place } from './statistics.ts';

/** A rule at several strengths, from weak to strong. */
export interface Family {
  readonly name: string;
  readonly strengths: readonly number[];
  readonly policy: (strength: number) => object;
}

export const RISKS = [0.1, 0.05, 0.02, 0.01, 0.005];
const FACTORS = [0.5, 1, 2, 4, 8, 16, 32, 64, 128];

export const OURS: Family = {
  name: 'lag buffer',
  strengths: RISKS,
  policy: (epsilon) => ({ rule: 'lagBuffer', epsilon }),
};

/** Each rule that there is to beat, in the form that suits it; both ways of rounding, since one may be better. */
export const OTHERS: readonly Family[] = [
  { name: 'fixed stock', strengths: [1, 2, 5, 10, 20], policy: (units) => ({ rule: 'fixed', units }) },
  {
    name: 'fixed, silent',
    strengths: [1, 2, 5, 10, 20, 40, 80],
    policy: (units) => ({ rule: 'fixed', units, onlySilent: true }),
  },
  ...(['meanDay', 'meanSilence'] as const).flatMap((rule) =>
    (['up', 'nearest'] as const).map((rounding) => ({
      name: `${rule === 'meanDay' ? 'mean day' : 'mean silence'}, ${rounding}`,
      strengths: FACTORS,
      policy: (factor: number) => ({ rule, factor, rounding }),
    })),
  ),
];

export const NONE: Family = { name: 'none', strengths: [0], policy: () => ({ rule: 'none' }) };

/**
 * One family run at all its strengths, over one or several dealings of the same sales; cells are the stores and weeks
 * of each dealing, summed over channels, for the bootstrap.
 */
export interface Curve {
  readonly name: string;
  readonly runs: readonly {
    readonly strength: number;
    readonly total: Tally;
    readonly cells: ReadonlyMap<string, Place>;
  }[];
  readonly hours: number;
}

export function runFamily(dealings: readonly Retail[], { name, strengths, policy }: Family): Curve {
  const runs = strengths.map((strength) => {
    const total = emptyTally();
    const cells = new Map<string, { withheld: number; oversold: number }>();
    for (const [dealing, retail] of dealings.entries()) {
      const { ledger } = replayUnder(retail, policySchema.parse({ name, ...policy(strength) }));
      addTally(total, ledger.total());
      gather(ledger, dealing, cells);
    }
    return { strength, total, cells };
  });
  const hours = dealings.reduce((sum, { past }) => sum + (past.to - past.measuredFrom) / 3_600_000, 0);
  return { name, runs, hours };
}

function gather(ledger: Ledger, dealing: number, cells: Map<string, { withheld: number; oversold: number }>): void {
  for (const [key, cell] of ledger.cells) {
    const place = `${dealing} ${key.slice(key.indexOf(' ') + 1)}`;
    const sum = cells.get(place) ?? { withheld: 0, oversold: 0 };
    sum.withheld += cell.withheldUnitHours;
    sum.oversold += cell.cancelled;
    cells.set(place, sum);
  }
}

export function replayUnder({ past, events }: Retail, policy: Policy, options = {}): Replay {
  const replay = new Replay(past, policy, options);
  for (const event of events) replay.take(event);
  return replay.finish();
}

/** The places of a curve, and at its weak end that of `none`. */
export function placesOf({ runs, hours }: Curve, none: Curve, drawn?: readonly string[]): Place[] {
  return [...none.runs, ...runs].map(({ total, cells }) => {
    if (!drawn) return { withheld: total.withheldUnitHours / hours, oversold: total.cancelled };
    let [withheld, oversold] = [0, 0];
    for (const key of drawn) {
      withheld += cells.get(key)?.withheld ?? 0;
      oversold += cells.get(key)?.oversold ?? 0;
    }
    return { withheld: withheld / hours, oversold };
  });
}

export interface Duel {
  readonly strength: number;
  readonly withheld: number;
  readonly ours: number;
  readonly theirs: number;
  /** Ours over theirs at equal withheld, with its 95 % interval; below 1 ours is better. */
  readonly ratio: number;
  readonly low: number;
  readonly high: number;
}

const DRAWS = 1_000;

/** Ours at each strength against another curve at equal withheld; drawn by store and week, both from the same draw. */
export function duel(ours: Curve, theirs: Curve, none: Curve, seed = 1): Duel[] {
  const random = seededRandom(seed);
  const keys = [...new Set([...ours.runs, ...theirs.runs].flatMap(({ cells }) => [...cells.keys()]))];
  const draws = Array.from({ length: DRAWS }, () => resample(keys.length, random).map((place) => keys[place] ?? ''));
  const drawn = draws.map((draw) => ({ mine: placesOf(ours, none, draw), other: placesOf(theirs, none, draw) }));
  const [mine, other] = [placesOf(ours, none), placesOf(theirs, none)];
  return ours.runs.flatMap(({ strength }, index): Duel[] => {
    const place = mine[index + 1];
    const equal = place && oversoldAt(other, place.withheld);
    if (!place || equal === undefined || equal === 0) return [];
    const ratios = drawn.flatMap(({ mine, other }) => {
      const own = mine[index + 1];
      const equal = own && oversoldAt(other, own.withheld);
      return own && equal !== undefined && equal > 0 ? [own.oversold / equal] : [];
    });
    const ordered = ratios.toSorted((a, b) => a - b);
    const at = (share: number) => ordered[Math.floor(share * (ordered.length - 1))] ?? Number.NaN;
    const ratio = place.oversold / equal;
    return [
      {
        strength,
        withheld: place.withheld,
        ours: place.oversold,
        theirs: equal,
        ratio,
        low: at(0.025),
        high: at(0.975),
      },
    ];
  });
}

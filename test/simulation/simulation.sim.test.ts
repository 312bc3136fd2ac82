import { describe, expect, it } from 'vitest';
import { MUTANTS } from './mutants.ts';
import { simulate, type RunResult } from './run.ts';
import type { Mutant } from './settings.ts';

const SMALL = { stores: 2, facts: 60 };
const LARGE = { stores: 5, facts: 400 };
const SEEDS = 150;
const FIRST_SEED = 1_000;

/**
 * Seeds that have found something, and what it was. Run first. A change of timing elsewhere may lead a seed past what it
 * found: tests of single parts (journal-recovery.test.ts) hold on to it.
 */
const PINNED: readonly (readonly [seed: number, found: string])[] = [
  [45, 'marks of a new epoch stay when it could not be saved'],
  [1_612, 'a fact of a restored journal is taken for another one that the hub had set aside under its seq'],
  [149, 'the sender reads facts whose commit has failed, and hub and journal no longer fit'],
  [85, 'a new epoch that failed half-way was begun twice, and its facts stayed behind'],
  [222, 'retention prunes the latest instant, and the clock runs back after a restart'],
  [555, 'what a failed commit has left is acknowledged as a duplicate and never sent'],
  [598, 'the clock does not stand behind the markers of holes'],
  [649, 'the sender reads facts whose commit has failed'],
];

/** Empty, or what went wrong and how to see it again. */
function failure({ violation, seed, lastNotes }: RunResult, { stores, facts }: typeof SMALL): string {
  if (!violation) return '';
  const replay = `npm run sim -- --seed ${seed} --stores ${stores} --facts ${facts} --verbose`;
  return [`${violation.rule}: ${violation.detail}`, `Replay: ${replay}`, ...lastNotes.slice(-20)].join('\n');
}

async function firstViolation(mutant: Mutant, seedsMost: number): Promise<RunResult['violation']> {
  for (let seed = 1; seed <= seedsMost; seed++) {
    const { violation } = await simulate({ seed, ...SMALL, mutant });
    if (violation) return violation;
  }
  return null;
}

describe('simulation', () => {
  it.each(PINNED)('S1 S2 S5 seed %i, which has found: %s', async (seed) => {
    expect(failure(await simulate({ seed, ...SMALL }), SMALL)).toBe('');
  });

  it(`F1 F2 F3 F4 F5 S1 S2 S5 M1 M7 hold over ${SEEDS} seeds of ${SMALL.stores} stores`, async () => {
    let acknowledged = 0;
    for (let seed = FIRST_SEED; seed < FIRST_SEED + SEEDS; seed++) {
      const result = await simulate({ seed, ...SMALL });
      expect(failure(result, SMALL)).toBe('');
      acknowledged += result.acknowledged;
    }
    expect(acknowledged).toBeGreaterThan(SEEDS * 50);
  });

  it(`F1 F2 F3 F4 F5 S1 S2 S5 M1 M7 hold for ${LARGE.stores} stores with ${LARGE.facts} facts each`, async () => {
    for (let seed = 1; seed <= 6; seed++) expect(failure(await simulate({ seed, ...LARGE }), LARGE)).toBe('');
  });

  it('is deterministic: the same seed gives the same trace, another seed another', async () => {
    const hashes = async (seed: number) => (await simulate({ seed, ...SMALL })).traceHash;
    for (const seed of [1, 2, 3, 4, 5]) expect(await hashes(seed)).toBe(await hashes(seed));
    expect(await hashes(1)).not.toBe(await hashes(2));
  });

  it('meets what it is made for', async () => {
    const missing = new Map<string, RegExp>([
      ['torn groups that are not there', /torn group, seqs \d.* are not there/],
      ['torn groups that leave holes', /torn group, seqs \d.* are taken/],
      ['a full or failing disk', /did not take: The disk/],
      ['a restored backup', /restored from a backup/],
      ['a restored hub', /hub .*restored from a backup/],
      ['a clock that steps', /clock step/],
      ['retention', /pruned [1-9]/],
      ['duplicates at the agent', /duplicate sale/],
      ['duplicates at the hub', /[1-9]\d* duplicates/],
      ['facts that the hub sets aside', /[1-9]\d* quarantined/],
      ['counts of clocks that are ahead', /sets count .* aside/],
      ['additions of clocks that are ahead', /sets (receipt|return|transferIn|adjustment) .* aside/],
      ['frames that are too large', /FRAME_TOO_LARGE/],
      ['a hub that is busy', /push of .*HUB_BUSY/],
      ['a database that is away', /hello of .*DB_UNAVAILABLE/],
      ['several stores in one transaction', /committed \d+:\S+ \d+:/],
      ['a doubled hello', /NONCE_REPLAYED/],
      ['a half-open connection', /ping timeout/],
    ]);
    const tell = (line: string) => {
      for (const [name, pattern] of missing) if (pattern.test(line)) missing.delete(name);
    };
    for (let seed = 1; seed <= 100 && missing.size > 0; seed++) await simulate({ seed, ...SMALL, tell });
    expect([...missing.keys()]).toEqual([]);
  });
});

describe('the simulation finds rules that are broken on purpose', () => {
  it.each(Object.entries(MUTANTS))('%s', async (_, mutant) => {
    const violation = await firstViolation(mutant, 120);
    expect(violation?.rule, `"${mutant.breaks}" was not found`).toMatch(mutant.found);
  });
});

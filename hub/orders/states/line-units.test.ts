import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import {
  cancelUnits,
  handUnits,
  newLine,
  pickUnits,
  putBackUnits,
  replaceUnits,
  reserveUnits,
  returnUnits,
  sumsOf,
  together,
  type LineUnits,
  type UnitsAt,
} from './line-units.ts';

const LOCATIONS = ['S1', 'S2', 'S3'];
const move = fc.record({
  kind: fc.constantFrom('reserve', 'pick', 'replace', 'hand', 'putBack', 'cancel', 'return'),
  substitute: fc.constantFrom(undefined, undefined, 'X', 'Y'),
  line: fc.constantFrom('1', '2'),
  location: fc.constantFrom(...LOCATIONS),
  units: fc.integer({ min: 1, max: 4 }),
});
type Move = typeof move extends fc.Arbitrary<infer One> ? One : never;

function apply(lines: readonly LineUnits[], { kind, ...part }: Move): readonly LineUnits[] {
  const parts = [part];
  if (kind === 'replace') return replaceUnits(lines, [{ ...part, substitute: part.substitute ?? 'X' }]);
  if (kind === 'reserve') return reserveUnits(lines, parts);
  if (kind === 'pick') return pickUnits(lines, parts);
  if (kind === 'hand') return handUnits(lines, parts);
  if (kind === 'putBack') return putBackUnits(lines, parts);
  if (kind === 'cancel') return cancelUnits(lines, parts).lines;
  return returnUnits(lines, parts);
}

const heldOf = (lines: readonly LineUnits[]): UnitsAt[] =>
  lines.flatMap(({ line, places }) =>
    places.map(({ location, substitute, reserved, picked }) => ({
      line,
      location,
      substitute,
      units: reserved + picked,
    })),
  );
const totalOf = (parts: readonly { units: number }[]) => parts.reduce((sum, { units }) => sum + units, 0);

describe('units of order lines', () => {
  it('are each in exactly one place, whatever is moved', () => {
    let refused = 0;
    let taken = 0;
    fc.assert(
      fc.property(fc.array(move, { maxLength: 40 }), (moves) => {
        let lines: readonly LineUnits[] = [newLine('1', 6), newLine('2', 3)];
        for (const one of moves) {
          try {
            lines = apply(lines, one);
            taken += 1;
          } catch (error) {
            if (!(error instanceof ShelfwireError) || error.code !== 'ORDER_UNITS') throw error;
            refused += 1;
          }
          for (const line of lines) {
            const sums = sumsOf(line);
            expect(Object.values(sums).every((units) => units >= 0)).toBe(true);
            expect(Object.values(sums).reduce((sum, units) => sum + units, 0)).toBe(line.ordered);
            for (const place of line.places) {
              expect(Math.min(place.reserved, place.picked, place.handed)).toBeGreaterThanOrEqual(0);
            }
          }
        }
      }),
      { numRuns: 500 },
    );
    expect(Math.min(refused, taken)).toBeGreaterThan(500);
  });

  it('that are cancelled free exactly the holds that they had', () => {
    fc.assert(
      fc.property(fc.array(move, { maxLength: 30 }), fc.integer({ min: 1, max: 6 }), (moves, units) => {
        let lines: readonly LineUnits[] = [newLine('1', 6), newLine('2', 3)];
        for (const one of moves) {
          try {
            lines = apply(lines, one);
          } catch {
            // Refused: as it was.
          }
        }
        const { open, reserved, picked } = sumsOf(lines[0]!);
        if (units > open + reserved + picked) return;
        const cancelled = cancelUnits(lines, [{ line: '1', units }]);
        const after = heldOf(cancelled.lines).concat(cancelled.freed);
        const sorted = (parts: typeof after) =>
          together(parts)
            .filter((part) => part.units > 0)
            .map((part) => `${part.line} ${part.location} ${part.substitute} ${part.units}`)
            .sort();
        expect(sorted(after)).toEqual(sorted(heldOf(lines)));
        expect(totalOf(cancelled.freed)).toBe(Math.max(0, units - open));
      }),
    );
  });

  it('are handed over from what is picked first, and put back from what is not', () => {
    const held = pickUnits(reserveUnits([newLine('1', 5)], [{ line: '1', location: 'S1', units: 5 }]), [
      { line: '1', location: 'S1', units: 2 },
    ]);
    expect(handUnits(held, [{ line: '1', location: 'S1', units: 3 }])[0]?.places).toEqual([
      { location: 'S1', reserved: 2, picked: 0, handed: 3 },
    ]);
    expect(putBackUnits(held, [{ line: '1', location: 'S1', units: 4 }])[0]?.places).toEqual([
      { location: 'S1', reserved: 0, picked: 1, handed: 0 },
    ]);
  });

  it('are replaced by units of another sku, those not picked yet first', () => {
    const at = { line: '1', location: 'S1' };
    const held = pickUnits(reserveUnits([newLine('1', 5)], [{ ...at, units: 5 }]), [{ ...at, units: 3 }]);
    const replaced = replaceUnits(held, [{ ...at, units: 3, substitute: 'X' }]);
    expect(replaced[0]?.places).toEqual([
      { location: 'S1', reserved: 0, picked: 2, handed: 0 },
      { location: 'S1', substitute: 'X', reserved: 0, picked: 3, handed: 0 },
    ]);
    expect(() => replaceUnits(replaced, [{ ...at, units: 3, substitute: 'X' }])).toThrow('2 are held at S1');
    expect(() => handUnits(replaced, [{ ...at, units: 4, substitute: 'X' }])).toThrow('3 are held at S1 of its sub');
  });

  it.each([0, -1, 1.5, Number.NaN, Infinity])('are never %d', (units) => {
    expect(() => reserveUnits([newLine('1', 5)], [{ line: '1', location: 'S1', units }])).toThrow(/Line 1/);
  });

  it('move all at once or not at all', () => {
    const lines = [newLine('1', 5)];
    const parts = [1, 5].map((units) => ({ line: '1', location: 'S1', units }));
    expect(() => reserveUnits(lines, parts)).toThrow('Line 1: 5 units are named, and 4 wait for a hold.');
    expect(lines).toEqual([newLine('1', 5)]);
  });

  it('of a line that is not there are refused', () => {
    expect(() => cancelUnits([newLine('1', 5)], [{ line: '2', units: 1 }])).toThrow('no line 2');
  });
});

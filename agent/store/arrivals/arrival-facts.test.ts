import { expect, it } from 'vitest';
import { canonicalContent } from '#shared/protocol/content.ts';
import type { ArrivalDraft, ArrivalOrigin } from '#shared/agent-api/arrivals.ts';
import { movementLines } from '#shared/stock/movement.ts';
import { arrivalFacts } from './arrival-facts.ts';

const TRANSFER: ArrivalOrigin = { kind: 'transfer', from: 'S02', transfer: 'T1' };
const DELIVERY: ArrivalOrigin = { kind: 'delivery', reference: 'LS-1', supplier: 'Lights' };
const draft = (origin: ArrivalOrigin, ...lines: ArrivalDraft['lines']): ArrivalDraft => ({
  id: '0b7f0f0e-7c9b-4f8c-9b0d-5d7a2f1f9a11',
  revision: 1,
  origin,
  lines,
  by: 'Ada',
  received: 0,
  startedAt: 0,
  changedAt: 0,
});
const line = (sku: string, units: number, damaged = 0) => ({ sku, units, damaged });
/** Units by sku and condition that facts come to. */
const moved = (given: ArrivalDraft, final = false) => {
  const sums: Record<string, number> = {};
  for (const { kind, body } of arrivalFacts(given, final)) {
    for (const { sku, condition, quantity } of movementLines(canonicalContent(kind, body).content)) {
      sums[`${sku} ${condition}`] = (sums[`${sku} ${condition}`] ?? 0) + quantity;
    }
  }
  return sums;
};

it('M7 units of a transfer arrive as they were sent, and damaged ones are moved aside after that', () => {
  const given = draft(TRANSFER, line('A', 5, 2), line('B', 1, 1), line('C', 0));
  const [arrived] = arrivalFacts(given, true);
  expect(arrived?.body).toEqual({
    transfer: 'T1',
    from: 'S02',
    final: true,
    lines: [
      { sku: 'A', quantity: 5 },
      { sku: 'B', quantity: 1 },
    ],
  });
  expect(moved(given)).toEqual({ 'A sellable': 3, 'A damaged': 2, 'B sellable': 0, 'B damaged': 1 });
});

it('a long name of a transfer is not cut within a character', () => {
  const given = draft({ kind: 'transfer', from: 'S02', transfer: `${'x'.repeat(226)}\u{1F384}` }, line('A', 1, 1));
  const [, aside] = arrivalFacts(given, false);
  expect(() => canonicalContent('adjustment', aside?.body)).not.toThrow();
});

it('a delivery is one receipt, each line in its condition', () => {
  const given = draft(DELIVERY, line('A', 5, 2), line('B', 1, 1));
  expect(arrivalFacts(given, false).map(({ kind }) => kind)).toEqual(['receipt']);
  expect(moved(given)).toEqual({ 'A sellable': 3, 'A damaged': 2, 'B damaged': 1 });
});

it('nothing is said of nothing, unless it is that a transfer is over', () => {
  expect(() => arrivalFacts(draft(DELIVERY, line('A', 0)), true)).toThrow('Nothing has arrived');
  expect(() => arrivalFacts(draft(TRANSFER), false)).toThrow('Nothing has arrived');
  expect(arrivalFacts(draft(TRANSFER), true)).toMatchObject([{ kind: 'transferIn', body: { final: true, lines: [] } }]);
});

import { expect, it } from 'vitest';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { keptLines, type KeptLines } from './kept-lines.ts';

const line = (units: number) => ({ sku: 'A', units, damaged: 0 });
const draft = (revision: number, changedAs = 'other'): ArrivalDraft => ({
  id: '6f1f6f0e-0000-4000-8000-000000000000',
  revision,
  origin: { kind: 'delivery', reference: 'LS-1' },
  lines: [line(1)],
  received: 0,
  by: 'Ada',
  startedAt: 0,
  changedAt: 0,
  changedAs,
});
const text = (kept: KeptLines) => JSON.stringify(kept);

it('what was scanned while the agent was away is there when somebody goes on, unless another has', () => {
  const waiting = { revision: 3, lines: [line(9)] };
  expect(keptLines(draft(3), text(waiting))).toEqual([line(9)]);
  expect(keptLines(draft(4), text(waiting))).toBeUndefined();
  // It was taken, and its answer was lost: what came after it is not.
  const sent = { ...waiting, key: 'own' };
  expect(keptLines(draft(4, 'own'), text(sent))).toEqual([line(9)]);
  expect(keptLines(draft(4), text(sent))).toBeUndefined();
  expect([null, 'none', '{}'].map((kept) => keptLines(draft(3), kept))).toEqual([undefined, undefined, undefined]);
});

import { downId } from '#agent/store/collections/fields.ts';

/** A task as a store has it: three units to be sent. */
export const STORE_TASK = {
  id: downId('1'),
  task: 1,
  kind: 'ship' as const,
  state: 'open' as const,
  order: { channel: 'web', id: 'W-1' },
  customer: { reference: 'c-1', name: null },
  dueAt: Date.UTC(2026, 0, 31),
  reason: null,
  conflict: null,
  lines: [{ line: 'a=b', sku: 'A', units: 3, picked: 0, handed: 0, holds: [{ reservation: 7, units: 3 }] }],
  answers: [],
};

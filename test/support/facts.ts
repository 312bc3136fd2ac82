import type { FactDraft } from '#shared/protocol/fact.ts';

/** A live adjustment of one unit: the shortest valid fact. */
export function adjustmentDraft(key: string, quantity = 1, sku = 'A-1'): FactDraft {
  return { kind: 'adjustment', key, source: 'test', body: { reason: 'test', lines: [{ sku, quantity }] } };
}

/** A sale of the given lines; imported when it has a time of its own. */
export function saleDraft(
  key: string,
  lines: readonly (readonly [sku: string, quantity: number])[],
  occurredAt?: number,
): FactDraft {
  const body = {
    ...(occurredAt === undefined ? {} : { occurredAt }),
    currency: 'EUR',
    lines: lines.map(([sku, quantity]) => ({ sku, quantity, unitPriceMinor: 199 })),
  };
  return { kind: 'sale', key, source: 'test', body };
}

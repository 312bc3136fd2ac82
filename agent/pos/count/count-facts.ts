import type { CountOpening } from '#shared/agent-api/count-acts.ts';
import type { CountedLine } from '#agent/store/counts/entry.ts';

/** A count fact as it goes through the door of all facts. */
export interface CountSubmission {
  readonly kind: 'count';
  readonly key: string;
  readonly correlationId: string;
  readonly body: Readonly<Record<string, unknown>>;
}

/**
 * A fact for each sku: a fact has one instant, and each sku was counted at its own (CN3). The key is of the count and the sku, the
 * content of what is on disk: however often it is said, it is one fact (F4).
 */
export function countFacts(
  id: string,
  { name, blind, expected }: CountOpening,
  lines: readonly CountedLine[],
): CountSubmission[] {
  const type = blind ? 'blind' : expected.kind === 'all' ? 'full' : 'cycle';
  return lines.map(({ sku, counted, at, scope, countedBy }) => ({
    kind: 'count',
    key: `count:${id}:${sku}`,
    correlationId: `count:${id}`,
    body: {
      occurredAt: at,
      ...(countedBy !== null && { countedBy }),
      type,
      ...(scope !== null && { scope }),
      note: name,
      lines: [{ sku, quantity: counted }],
    },
  }));
}

import type { NewDocument, Route } from './spread-entries.ts';
import { routesTo, storeStream } from './spread-entries.ts';

/** Units of a transfer that somebody settled: above zero they are given up, below they came without being sent. */
export interface SettlementEntry {
  readonly location: number | null;
  readonly content: {
    readonly from: string;
    readonly transfer: string;
    readonly reason: string;
    /** Of the settlement's first row: part of the key. */
    readonly settlement: number;
    readonly lines: readonly { readonly sku: string; readonly place: string; readonly units: number }[];
  };
  readonly correlationId: string;
  readonly at: number;
}

/**
 * The documents of settlements, in the stream of the store that sent: what leaves the way, and what was found to have been on
 * it, are documents of their own, as they are of variances. A quantity says by how much what is on the way changes.
 */
export function documentsOfSettlements(
  settlements: readonly SettlementEntry[],
  routes: readonly Route[],
): NewDocument[] {
  return settlements.flatMap(({ location, content, correlationId, at }) => {
    const { from, transfer, reason, settlement, lines } = content;
    const erps = [...routesTo(routes, { kind: 'transferSettled', store: from, at }).keys()];
    const ways = { lost: lines.filter(({ units }) => units > 0), found: lines.filter(({ units }) => units < 0) };
    return Object.entries(ways).flatMap(([way, oneWay]) => {
      if (oneWay.length === 0) return [];
      const changed = oneWay.map(({ sku, place, units }) => ({ sku, place, quantity: -units }));
      return erps.map((erp): NewDocument => ({
        erp,
        stream: storeStream(from),
        key: `${from}/settled/${settlement}/${way}`,
        kind: 'transferSettled',
        location,
        journal: null,
        seq: null,
        voids: null,
        content: JSON.stringify({ from, transfer, reason, lines: changed }),
        correlationId,
        at,
        urgency: 2,
        isVoided: false,
      }));
    });
  });
}

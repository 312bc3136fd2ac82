import type { Policy } from './policy.ts';
import type { Replay } from './replay.ts';
import type { Past } from './stock-event.ts';
import type { Tally } from './tally.ts';

/** What a policy would have done to one channel, or to all together. */
export interface ReportLine {
  readonly policy: string;
  /** Null: all channels together. */
  readonly channel: string | null;
  /** Units published, on the mean of the period: all positions of the channel summed. */
  readonly publishedUnits: number;
  /** Units that were known to be there and not published, on the mean of the period. */
  readonly withheldUnits: number;
  readonly orders: number;
  /** Units of orders that were accepted and shipped. */
  readonly soldUnits: number;
  readonly oversoldUnits: number;
  readonly cancelledOrders: number;
  /** Cancelled among accepted; null without orders. */
  readonly cancelledShare: number | null;
  /** Orders turned away although the store could have shipped them. */
  readonly refusedInVain: number;
}

export interface Report {
  readonly from: number;
  readonly to: number;
  readonly locations: number;
  readonly positions: number;
  /** Share of the period that stores were silent for. */
  readonly silentShare: number;
  readonly lines: readonly ReportLine[];
}

const HOUR_MS = 3_600_000;

export function reportOf(past: Past, policies: readonly Policy[], replays: readonly Replay[]): Report {
  const hours = (past.to - past.measuredFrom) / HOUR_MS;
  const silent = past.outages
    .flat()
    .reduce((sum, { from, to }) => sum + Math.max(0, Math.min(to, past.to) - Math.max(from, past.measuredFrom)), 0);
  const lines = policies.flatMap(({ name }, place) => {
    const ledger = replays[place]?.ledger;
    if (!ledger) return [];
    const whole = lineOf(name, null, ledger.total(), hours);
    const channels = past.channels.map(({ code }, channel) => lineOf(name, code, ledger.total(channel), hours));
    return [whole, ...channels.filter(({ channel, orders }) => orders > 0 || channel !== 'other')];
  });
  return {
    from: past.measuredFrom,
    to: past.to,
    locations: past.locations.length,
    positions: past.shelves.length,
    silentShare: silent / Math.max(1, past.locations.length * (past.to - past.measuredFrom)),
    lines,
  };
}

function lineOf(policy: string, channel: string | null, tally: Tally, hours: number): ReportLine {
  return {
    policy,
    channel,
    publishedUnits: tally.offeredUnitHours / hours,
    withheldUnits: tally.withheldUnitHours / hours,
    orders: tally.accepted + tally.refused,
    soldUnits: tally.acceptedUnits - tally.cancelledUnits,
    oversoldUnits: tally.oversoldUnits,
    cancelledOrders: tally.cancelled,
    cancelledShare: tally.accepted > 0 ? tally.cancelled / tally.accepted : null,
    refusedInVain: tally.refusedInVain,
  };
}

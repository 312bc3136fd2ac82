import type { Policy } from './policy.ts';
import type { Replay } from './replay.ts';
import type { Past } from './stock-event.ts';
import { addTally, emptyTally, type Tally } from './tally.ts';

/** What a policy would have done to one channel, or to all together. */
export interface ReportLine {
  readonly policy: string;
  /** Null: all channels of the report together. */
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
    const shown = past.channels
      .map(({ code, isUnknown }, channel) => ({ code, isUnknown, tally: ledger.total(channel) }))
      .filter(({ isUnknown, tally }) => !isUnknown || ordersOf(tally) > 0);
    const whole = shown.reduce((sum, { tally }) => addTally(sum, tally), emptyTally());
    return [lineOf(name, null, whole, hours), ...shown.map(({ code, tally }) => lineOf(name, code, tally, hours))];
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

const ordersOf = ({ accepted, refused }: Tally): number => accepted + refused;

function lineOf(policy: string, channel: string | null, tally: Tally, hours: number): ReportLine {
  return {
    policy,
    channel,
    publishedUnits: tally.offeredUnitHours / hours,
    withheldUnits: tally.withheldUnitHours / hours,
    orders: ordersOf(tally),
    soldUnits: tally.acceptedUnits - tally.cancelledUnits,
    oversoldUnits: tally.oversoldUnits,
    cancelledOrders: tally.cancelled,
    cancelledShare: tally.accepted > 0 ? tally.cancelled / tally.accepted : null,
    refusedInVain: tally.refusedInVain,
  };
}

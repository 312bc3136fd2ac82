/**
 * Orders are asked for by spans of time that one answer holds: eBay does not say in which order it gives them, and one that
 * changes while they are read page by page would move another over the edge of a page, which nobody would see then. One that
 * changes leaves its span, and is in a later one.
 */
export interface OrderSpan {
  /** ms since 1970, both included; without an end: all that changed since. */
  readonly from: number;
  readonly to: number | null;
  /** Of those within an instant, which cannot be cut. */
  readonly offset: number;
}

/** A span that is cut leaves some room: they are seldom spread evenly. */
const ROOM = 0.8;
const SMALLER_AT_ONCE = 1_000;
const LONGER_AT_ONCE = 3;

const instantOf = (ms: number): string => new Date(ms).toISOString();

/** What says where asking goes on; what it does not understand, as from an older hub, begins anew. */
export function readSpan(cursor: string | null, since: number): OrderSpan {
  const begun = { from: since, to: null, offset: 0 };
  const [from = '', to = '', offset = '0'] = (cursor ?? '').split('|');
  const read = { from: Date.parse(from), to: to === '' ? null : Date.parse(to), offset: Number(offset) };
  const isWhole = [read.from, read.to ?? 0, read.offset].every((number) => Number.isSafeInteger(number));
  return isWhole && from.endsWith('Z') ? read : begun;
}

export const spanText = ({ from, to, offset }: OrderSpan): string =>
  `${instantOf(from)}|${to === null ? '' : instantOf(to)}|${offset}`;

export const filterOf = ({ from, to }: OrderSpan): string =>
  `lastmodifieddate:[${instantOf(from)}..${to === null ? '' : instantOf(to)}]`;

/**
 * Which span is asked for next, when an answer held `held` of `total` orders of this one. Null: that was all.
 *
 * @param now ms since 1970, roughly: it only says how long a span without an end may be
 */
export function nextSpan(
  span: OrderSpan,
  { held, total, now }: { readonly held: number; readonly total: number; readonly now: number },
): OrderSpan | null {
  const { from, to, offset } = span;
  // An answer that holds none although there are some would be asked for without an end.
  if (held === 0 || offset + held >= total) {
    if (to === null) return null;
    const longer = to + LONGER_AT_ONCE * Math.max(1, to - from);
    // Its last instant once more, but where it is that alone.
    return { from: to === from ? to + 1 : to, to: longer < now ? longer : null, offset: 0 };
  }
  if (to === from) return { ...span, offset: offset + held };
  const whole = (to ?? Math.max(now, from + SMALLER_AT_ONCE)) - from;
  const share = Math.min(0.5, Math.max(1 / SMALLER_AT_ONCE, (ROOM * held) / total));
  return { from, to: from + Math.floor(whole * share), offset: 0 };
}

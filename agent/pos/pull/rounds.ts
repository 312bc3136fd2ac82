import type { Checkpoint, Round } from './checkpoint.ts';
import type { OrderPage, OrderReader } from './order-reader.ts';

/** Times as the other side writes them, compared as text. */
const earliest = (a: string, b: string): string => (a < b ? a : b);
const latest = (a: string, b: string): string => (a > b ? a : b);

/**
 * Where a round begins: an overlap before what is done. The other side may have set its clock back meanwhile; then what it
 * writes now is older than what is done, and the round begins before its present.
 */
export function beginRound(
  { doneTo }: Checkpoint,
  serverNow: string | null,
  { reader, overlapMs }: { readonly reader: Pick<OrderReader, 'earlier'>; readonly overlapMs: number },
): Round {
  const from = serverNow === null ? doneTo : earliest(doneTo, serverNow);
  return { since: reader.earlier(from, overlapMs), after: null, beganAt: null, highest: null };
}

/** The checkpoint once a page of the round is in the journal. */
export function afterPage(before: Checkpoint, round: Round, page: OrderPage): Checkpoint {
  const beganAt = round.beganAt ?? page.serverNow;
  const highest = page.orders.reduce<string | null>(
    (sofar, { changedAt }) => (sofar === null ? changedAt : latest(sofar, changedAt)),
    round.highest,
  );
  if (page.next !== null) return { ...before, round: { ...round, after: page.next, beganAt, highest } };
  return { doneTo: doneAfter(before.doneTo, { ...round, beganAt, highest }), round: null };
}

/**
 * What was changed while a long round went on may lie behind its place in it: so no later than when it began, by the other
 * side's clock. Where that says nothing, the end of a round of several pages is not believed.
 */
function doneAfter(doneTo: string, { after, beganAt, highest }: Round): string {
  if (beganAt !== null) return earliest(highest ?? doneTo, beganAt);
  return after === null && highest !== null ? highest : doneTo;
}

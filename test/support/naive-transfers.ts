import type { MergeableFact, WriteOff } from '#shared/stock/merge.ts';
import { inOrder } from './naive-fold.ts';

/** Where the units of one sku of one transfer are that were told of one place. */
export interface NaiveTransferLine {
  sent: number;
  received: number;
  writtenOff: number;
  inTransit: number;
  discrepancy: number;
  expectedAt: number | null;
}

/**
 * The oracle of transfers: every unit is a box with the name of its place on it. Boxes that came are crossed out against
 * boxes that were sent: first those of the same place, then those of any, of which both places keep a note. Lines by "sender transfer sku place"; those of
 * which no unit is known are left out.
 */
export function naiveTransfers(
  facts: readonly MergeableFact[],
  writeOffs: readonly WriteOff[] = [],
): Map<string, NaiveTransferLine> {
  const lines = new Map<string, NaiveTransferLine>();
  const finals = new Set<string>();
  const dates = new Map<string, (number | undefined)[]>();
  const line = (from: string, transfer: string, sku: string, place: string): NaiveTransferLine => {
    const name = `${from} ${transfer} ${sku} ${place}`;
    const none = { sent: 0, received: 0, writtenOff: 0, inTransit: 0, discrepancy: 0, expectedAt: null };
    const found = lines.get(name) ?? none;
    lines.set(name, found);
    return found;
  };
  for (const { location, content, isVoid } of inOrder(facts)) {
    if (isVoid || (content.kind !== 'transferOut' && content.kind !== 'transferIn')) continue;
    const here = `S${location}`;
    if (content.kind === 'transferIn' && content.body.final === true)
      finals.add(`${content.body.from} ${content.body.transfer} ${here}`);
    for (const { sku, quantity } of content.body.lines) {
      if (content.kind === 'transferIn') {
        line(content.body.from, content.body.transfer, sku, here).received += quantity;
        continue;
      }
      const { transfer, to, expectedAt } = content.body;
      line(here, transfer, sku, to).sent += quantity;
      const name = `${here} ${transfer} ${sku} ${to}`;
      dates.set(name, [...(dates.get(name) ?? []), expectedAt]);
    }
  }
  for (const { from, transfer, sku, place, units } of writeOffs) line(from, transfer, sku, place).writtenOff += units;
  for (const [name, told] of dates) {
    const known = told.filter((at) => at !== undefined);
    lines.get(name)!.expectedAt = known.length === told.length ? Math.max(...known) : null;
  }
  for (const group of Map.groupBy([...lines.keys()].sort(), (name) => name.split(' ').slice(0, 3).join(' ')).values()) {
    const left: string[] = [];
    const over: string[] = [];
    for (const name of group) {
      const { sent, received, writtenOff } = lines.get(name)!;
      const boxes = sent - received - writtenOff;
      for (let box = 0; box < Math.abs(boxes); box++) (boxes > 0 ? left : over).push(name);
    }
    while (left.length > 0 && over.length > 0) {
      lines.get(left.pop()!)!.discrepancy += 1;
      lines.get(over.pop()!)!.discrepancy -= 1;
    }
    for (const name of left) {
      const [from, transfer, , place] = name.split(' ');
      const one = lines.get(name)!;
      const isComing = !finals.has(`${from} ${transfer} ${place}`) && one.inTransit < one.sent - one.received;
      if (isComing) one.inTransit += 1;
      else one.discrepancy += 1;
    }
    for (const name of over) lines.get(name)!.discrepancy -= 1;
  }
  for (const [name, { sent, received, writtenOff }] of lines)
    if (sent === 0 && received === 0 && writtenOff === 0) lines.delete(name);
  return lines;
}

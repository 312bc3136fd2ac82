import { COUNT_UNITS_MAX } from '#shared/agent-api/count-acts.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Tally } from './tally.ts';

/** Nothing is left that somebody must decide (CN5). Throws COUNT_UNSETTLED. */
export function requireSettled(tally: Tally): void {
  const counts = tally.counts();
  const open: string[] = [];
  const conflicts = counts.filter(({ quantity }) => quantity === null).length;
  if (conflicts > 0) open.push(`${conflicts} skus were counted by several in the same zone`);
  const recounts = tally.recounts().length;
  if (recounts > 0) open.push(`${recounts} skus are to be counted again`);
  const unknown = tally.unknownCodes().length;
  if (unknown > 0) open.push(`${unknown} codes are unknown`);
  const tooMany = counts.find(({ quantity }) => (quantity ?? 0) > COUNT_UNITS_MAX);
  if (tooMany !== undefined) open.push(`"${tooMany.sku}" has more than ${COUNT_UNITS_MAX} units`);
  if (counts.length === 0 && open.length === 0) open.push('nothing was counted');
  if (open.length > 0) throw new ShelfwireError('COUNT_UNSETTLED', `${open.join(', ')}.`);
}

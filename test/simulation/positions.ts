import type { Inventory, MergeableFact } from '#shared/stock/merge.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { showCount, transfersOf } from '#test/support/inventory-picture.ts';
import { naiveTransfers } from '#test/support/naive-transfers.ts';

/** What is different between an inventory and the naive fold of facts, at one location; null when nothing is. */
export function differenceOfPositions(
  inventory: Inventory,
  facts: readonly MergeableFact[],
  location: number,
): string | null {
  const expected = naiveFold(facts);
  for (const [name, position] of expected) {
    const history = inventory.history(location, name.slice(name.indexOf(' ') + 1));
    const { onHand, damaged, quarantined } = history?.state ?? { onHand: 0, damaged: 0, quarantined: 0 };
    const counts = history?.counts.map(showCount) ?? [];
    const found = JSON.stringify({ onHand, damaged, quarantined, counts });
    const folded = JSON.stringify(position);
    if (found !== folded) return `${name} is ${found}, folded ${folded}`;
  }
  for (const name of inventory.positions().keys()) {
    if (name.startsWith(`${location} `) && !expected.has(name)) return `${name} is there and no fact names it`;
  }
  return null;
}

/** What is different between the transfers of an inventory and those of the facts of all stores; null when nothing is. */
export function differenceOfTransfers(inventory: Inventory, facts: readonly MergeableFact[]): string | null {
  const found = transfersOf(inventory);
  const expected = naiveTransfers(facts);
  for (const name of new Set([...found.keys(), ...expected.keys()])) {
    const [is, be] = [JSON.stringify(found.get(name)), JSON.stringify(expected.get(name))];
    if (is !== be) return `${name} is ${is}, by hand ${be}`;
  }
  return null;
}

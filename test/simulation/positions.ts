import type { Inventory, MergeableFact } from '#shared/stock/merge.ts';
import { naiveFold } from '#test/support/naive-fold.ts';
import { showCount } from '#test/support/inventory-picture.ts';

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

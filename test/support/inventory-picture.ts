import type { Inventory } from '#shared/stock/merge.ts';
import type { PlacedCount } from '#shared/stock/position-history.ts';
import type { NaiveTransferLine } from './naive-transfers.ts';

/** A count as the naive fold writes it. */
export function showCount({ counted, expected, state }: Readonly<PlacedCount>): string {
  return `${counted}/${expected}${state === 'inForce' ? '' : ` ${state}`}`;
}

/** Positions of an inventory as the naive fold writes them, those that are named. */
export function pictureOf(inventory: Inventory, of: Iterable<string>): Record<string, unknown> {
  return Object.fromEntries(
    [...of].map((name) => {
      const [location, sku] = name.split(' ') as [string, string];
      const seen = inventory.history(Number(location), sku);
      const { onHand, damaged, quarantined } = seen?.state ?? { onHand: 0, damaged: 0, quarantined: 0 };
      return [name, { onHand, damaged, quarantined, counts: seen?.counts.map(showCount) ?? [] }];
    }),
  );
}

/** Transfers of an inventory as the naive oracle writes them. */
export function transfersOf(inventory: Inventory): Map<string, NaiveTransferLine> {
  return new Map(
    [...inventory.transfers()].flatMap(([id, lines]) =>
      lines
        .filter(({ sent, received, writtenOff }) => sent !== 0 || received !== 0 || writtenOff !== 0)
        .map(({ sku, place, ...line }) => [`${id} ${sku} ${place}`, line] as const),
    ),
  );
}

import type { SomeUnits } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';
import type { Wanted } from './candidate.ts';

/** What units of an order's lines ask of a sourcing. */
export function toWanted(
  { content, skus, avoid }: Pick<Order, 'content' | 'skus' | 'avoid'>,
  lines: readonly SomeUnits[],
): Wanted {
  const { channel, delivery } = content;
  return {
    channel,
    lines: lines.flatMap(({ line, units }) => {
      const sku = skus[line];
      const avoided = avoid.filter((one) => one.line === line).map(({ location }) => location);
      return sku === undefined ? [] : [{ line, sku, units, avoid: avoided }];
    }),
    near: delivery.kind === 'ship' ? (delivery.near ?? null) : null,
    collectAt: delivery.kind === 'collect' ? delivery.store : null,
  };
}

import type { OrderDocument } from '#hub/outbox/documents/note-entries.ts';
import type { OrderDocumentKind } from '#hub/outbox/documents/document-kinds.ts';
import type { Step } from '../states/apply-act.ts';
import type { Edited } from '../states/edit-order.ts';
import { substitutesOf, sumsOf } from '../states/line-units.ts';
import type { Order } from '../states/order.ts';
import type { OrderState } from '../states/order-state.ts';

/** States in which ERPs do not know of an order yet. */
const UNTOLD: ReadonlySet<OrderState> = new Set(['received', 'validated', 'allocated']);

interface Led {
  readonly number: number;
  /** Of its history. */
  readonly step: number;
  readonly before: OrderState;
  readonly correlationId: string;
  readonly now: Date;
}

/**
 * What ERPs are told of a step: that an order is for good, what its channel has changed since, that its goods have left, that nothing of it will be handed
 * over, and each refund. Nothing personal is in it. Pure.
 */
export function orderDocuments(
  { order, effects, edited }: Step,
  { number, step, before, correlationId, now }: Led,
): OrderDocument[] {
  const told = (kind: OrderDocumentKind, more: object = {}): OrderDocument => ({
    order: number,
    kind,
    step,
    content: { ...contentOf(number, order), ...more },
    correlationId,
    at: now.getTime(),
  });
  const documents: OrderDocument[] = [];
  const { state } = order;
  if (UNTOLD.has(before) && !UNTOLD.has(state) && state !== 'cancelled') documents.push(told('orderConfirmed'));
  const hasLeft = state === 'shipped' || (state === 'completed' && before !== 'shipped');
  if (hasLeft && before !== state) documents.push(told('orderShipped'));
  if (state === 'cancelled' && before !== state && !UNTOLD.has(before)) documents.push(told('orderCancelled'));
  // What was changed before it was for good is in its confirmation.
  if (edited !== undefined && isNews(edited) && !UNTOLD.has(before) && state !== 'cancelled') {
    documents.push(told('orderChanged'));
  }
  for (const effect of effects) {
    if (effect.kind !== 'refund' || UNTOLD.has(before)) continue;
    documents.push(told('orderRefunded', { amountMinor: effect.amountMinor }));
  }
  return documents;
}

const isNews = ({ takenOut, added, isMoved, isChanged }: Edited): boolean =>
  isMoved || isChanged || takenOut.length + added.length > 0;

function contentOf(number: number, { content, state, lines, skus, payment }: Order): object {
  const { channel, channelOrderId, orderedAt, currency, taxIncluded, shipping, totalMinor, delivery } = content;
  return {
    order: number,
    channel,
    channelOrderId,
    orderedAt,
    currency,
    taxIncluded,
    totalMinor,
    shipping,
    payment,
    state,
    ...(delivery.kind === 'collect' && { store: delivery.store }),
    lines: content.lines.map((line, place) => {
      const units = lines[place];
      const { handed, returned } = units ? sumsOf(units) : { handed: 0, returned: 0 };
      const { units: ordered, priceMinor, discountMinor, taxMinor } = line;
      const sku = skus[line.line] ?? line.sku ?? null;
      const substitutes = units ? substitutesOf(units) : [];
      // Of the units that the line is priced for.
      const cancelled = units ? Math.max(0, ordered - (units.ordered - units.cancelled)) : 0;
      return {
        line: line.line,
        sku,
        units: ordered,
        priceMinor,
        discountMinor,
        taxMinor,
        handed,
        cancelled,
        returned,
        ...(substitutes.length > 0 && { substitutes }),
      };
    }),
  };
}

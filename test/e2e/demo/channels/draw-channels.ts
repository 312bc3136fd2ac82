import { fit, grouped, left, right, span, type Pen } from '../screen/screen.ts';
import type { ErpView, ShopView } from './channel-watch.ts';
import type { OutsideVerdict } from './judge.ts';
import type { SaleTimes } from './sale-times.ts';

/** What the picture shows of channels and ERP. */
export interface OutsideProgress {
  readonly shops: readonly ShopView[];
  readonly erp: ErpView;
}

/** What the closing table says of them. */
export interface OutsideOutcome {
  readonly verdict: OutsideVerdict;
  /** In the order of the verdict's shops. */
  readonly times: readonly (SaleTimes | undefined)[];
  readonly mostWaiting: number;
}

type Bar = (columns: number, parts: readonly [number, Parameters<Pen>[0], string][]) => string;

/** Lines of channels and ERP, as wide as those of the stores. Pure. */
export function drawOutside({ shops, erp }: OutsideProgress, width: number, bar: Bar, pen: Pen): string[] {
  const columns = width - 54;
  const all = erp.documents + erp.waiting;
  const state = erp.isDown ? pen('red', 'down') : erp.waiting > 0 ? pen('yellow', 'catching up') : pen('green', 'up');
  return [
    '',
    pen('dim', ` ${left('channel', width - 37)}${right('right', 12)}${right('listed', 8)}${right('orders', 10)}`),
    ...shops.map(({ title, equal, listings, ordered, taken }) => {
      const orders = `${grouped(taken)}/${grouped(ordered)}`;
      const picture = bar(columns, [[equal / Math.max(1, listings), 'green', '█']]);
      return ` ${pen('bold', fit(title, 15))} ${picture}${right(grouped(equal), 12)}${right(grouped(listings), 8)}${right(orders, 10)}`;
    }),
    ` ${pen('bold', left('ERP', 15))} ${bar(columns, [
      [erp.documents / Math.max(1, all), 'green', '█'],
      [1, 'yellow', all > 0 ? '▓' : '·'],
    ])}${right(grouped(erp.documents), 12)}${right(grouped(erp.waiting), 8)} ${pen('dim', 'wait')} ${state}`,
  ];
}

/** The closing lines, at most 79 wide. Pure. */
export function drawOutsideOutcome({ verdict, times, mostWaiting }: OutsideOutcome, pen: Pen): string[] {
  const { shops, erp, holds } = verdict;
  const judged = (count: number, isRight: boolean, columns: number) =>
    pen(isRight ? 'green' : 'red', right(grouped(count), columns));
  const time = (one: SaleTimes | undefined) =>
    one === undefined || one.sales === 0 ? right('none', 16) : right(`${span(one.medianMs)} / ${span(one.p95Ms)}`, 16);
  const calm = (one: SaleTimes | undefined) =>
    one === undefined || one.calm.sales === 0
      ? right('none', 15)
      : right(`${span(one.calm.medianMs)} / ${span(one.calm.p95Ms)}`, 15);
  const must = (name: string, list: readonly string[]) => `${name} ${judged(list.length, list.length === 0, 1)}`;
  return [
    ` ${pen('bold', left('Channels', 15))}${right('equal', 7)}${right('differ', 7)}${right('orders', 7)}${right('taken', 6)}${right('told', 5)}${right('sale p50 / p95', 16)}${right('calm', 15)}`,
    ...shops.map(
      (shop, place) =>
        ` ${fit(shop.title, 15)}${judged(shop.equal, shop.differing.length === 0, 7)}${judged(shop.differing.length, shop.differing.length === 0, 7)}${right(grouped(shop.orders), 7)}${judged(shop.taken, shop.taken === shop.orders, 6)}${judged(shop.told, shop.told === shop.orders, 5)}${time(times[place])}${calm(times[place])}`,
    ),
    pen('dim', "   sale: from the journal of the store to the channel's word for the number;"),
    pen('dim', '   outages in full; calm: while nothing failed'),
    ` ${pen('bold', left('ERP', 15))}${grouped(erp.documents)} documents, ${grouped(erp.ofOrders)} of orders; at most ${grouped(mostWaiting)} waited`,
    `                ${must('missing', erp.missing)}, ${must('unexpected', erp.unexpected)}, ${must('out of order', erp.outOfOrder)}, ${must('changed', erp.changed)}, dead ${judged(erp.dead, erp.dead === 0, 1)}`,
    ` ${left('', 15)}${must('orders that hold other units than were bought', holds)}`,
  ];
}

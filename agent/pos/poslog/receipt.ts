import { toMinor, toUnits } from '#shared/files/decimal.ts';
import { childOf, childrenOf, isSet, textOf, type Element } from './element.ts';
import type { PoslogFeed } from './feed-config.ts';

/** One item of a receipt. Units and amount are above zero; `way` says in which direction. */
export interface Item {
  readonly way: 'sold' | 'returned';
  readonly sku: string;
  readonly units: number;
  /** What was paid for all of it, before what the receipt as a whole takes off. */
  readonly amountMinor: number;
  /** Of one unit, before anything was taken off; undefined where it means nothing. */
  readonly regularMinor: number | undefined;
  readonly service: boolean;
  /** The transaction that a returned item was sold in. */
  readonly soldIn: Element | undefined;
}

export interface Receipt {
  readonly items: readonly Item[];
  /** Tax on top of the prices; below zero when it was given back. */
  readonly taxMinor: number;
  /** What the customer paid in all, below zero when it was given back; undefined where the log does not say. */
  readonly grandMinor: number | undefined;
}

/** What cannot be read, in words. */
export class ReceiptInvalid extends Error {}

const SOLD = ['Sale', 'SaleForDelivery', 'SaleForPickup'];
const RETURNED = ['Return', 'ReturnForDelivery', 'ReturnForPickup'];
/** Units of measure that are counted: each, piece, unit. */
const COUNTED = new Set(['EA', 'EACH', 'PC', 'PCE', 'PIECE', 'UN', 'UNIT', 'ST', 'C62', 'H87']);

/** Reads the lines of a receipt: voided ones take back what they void. Throws ReceiptInvalid. */
export function readReceipt(retail: Element, digits: number, feed: PoslogFeed): Receipt {
  const items: Item[] = [];
  let taxMinor = 0;
  for (const line of childrenOf(retail, 'LineItem')) {
    if (isSet(line, 'CancelFlag')) continue;
    const isVoid = isSet(line, 'VoidFlag');
    for (const tax of childrenOf(line, 'Tax')) if (!isVoid) taxMinor += taxOf(tax, digits);
    for (const goods of childrenOf(line, ...SOLD, ...RETURNED)) {
      const { item, isBackwards } = readItem(line, goods, digits, feed);
      // A till voids a line by a flag on it, or by the same line once more with its signs turned.
      if (isVoid && isBackwards) takeBack(items, { ...item, way: turned(item.way) });
      else if (!isVoid && isCounted(item)) items.push(item);
      for (const tax of childrenOf(goods, 'Tax')) if (!isVoid) taxMinor += taxOf(tax, digits);
    }
  }
  const totals = childrenOf(retail, 'Total');
  const grand = totals.find((total) => total.attributes['TotalType'] === 'TransactionGrandAmount');
  return { items, taxMinor, grandMinor: grand === undefined ? undefined : money(grand.text, digits, 'grand total') };
}

/** The amount may be below zero still, where the till gives money for something that has no units. */
function readItem(
  line: Element,
  goods: Element,
  digits: number,
  feed: PoslogFeed,
): { item: Item; isBackwards: boolean } {
  const where = `line ${textOf(line, 'SequenceNumber') ?? '?'}`;
  const quantity = textOf(goods, 'Quantity') ?? '1';
  const isWeighed = isByWeight(line, goods, quantity);
  const units = isWeighed ? signOf(quantity, where) : toUnits(quantity, '.');
  if (units === undefined) throw new ReceiptInvalid(`${where}: the quantity "${quantity.slice(0, 40)}" is no number`);
  const regularMinor = priceOf(goods, digits, where);
  const extended = textOf(goods, 'ExtendedAmount');
  const amount = extended === undefined ? (regularMinor ?? 0) * units : money(extended, digits, `${where}: amount`);
  const isBackwards = units < 0;
  const way = RETURNED.includes(goods.name) ? 'returned' : 'sold';
  const isGoods = feed.stockTypes.includes(goods.attributes['ItemType'] ?? 'Stock');
  return {
    isBackwards,
    item: {
      way: isBackwards ? turned(way) : way,
      sku: skuOf(goods, feed, where),
      units: units === 0 ? 1 : Math.abs(units),
      amountMinor: isBackwards ? -amount : amount,
      regularMinor: isWeighed ? undefined : regularMinor,
      service: !isGoods || units === 0 || (isWeighed && feed.weighed === 'service'),
      soldIn: childOf(goods, 'TransactionLink'),
    },
  };
}

const turned = (way: Item['way']): Item['way'] => (way === 'sold' ? 'returned' : 'sold');

/** Money for nothing, such as a coupon, and lines of nothing: the receipt's total has them. */
function isCounted({ way, service, amountMinor, units }: Item): boolean {
  if (amountMinor < 0) return false;
  return !(service && (way === 'returned' || amountMinor === 0) && units > 0);
}

/** A void takes units and money from the last lines before it that have them. */
function takeBack(items: Item[], voided: Item): void {
  let { units, amountMinor } = voided;
  for (let index = items.length - 1; index >= 0 && units > 0; index -= 1) {
    const item = items[index];
    if (item === undefined || item.way !== voided.way || item.sku !== voided.sku) continue;
    // Of goods by weight that are one piece each, and of others too, rather the line with the very amount.
    const exact = items.findLastIndex(
      (one) => one.way === item.way && one.sku === item.sku && one.units === units && one.amountMinor === amountMinor,
    );
    const place = exact === -1 ? index : exact;
    const from = items[place] ?? item;
    const taken = Math.min(units, from.units);
    const share = taken === from.units && taken < units ? from.amountMinor : Math.min(amountMinor, from.amountMinor);
    units -= taken;
    amountMinor -= share;
    if (taken === from.units) items.splice(place, 1);
    else items[place] = { ...from, units: from.units - taken, amountMinor: from.amountMinor - share };
  }
  if (units > 0) throw new ReceiptInvalid(`it voids ${units} of ${voided.sku} that it does not sell`);
}

function skuOf(goods: Element, feed: PoslogFeed, where: string): string {
  const written = {
    ItemID: textOf(goods, 'ItemID'),
    POSItemID: textOf(childOf(goods, 'POSIdentity'), 'POSItemID'),
  };
  const found = written[feed.sku] ?? written.ItemID ?? written.POSItemID;
  if (found === undefined) throw new ReceiptInvalid(`${where}: it names no item`);
  return feed.leadingZeros === 'strip' ? found.replace(/^0+(?=.)/, '') : found;
}

function priceOf(goods: Element, digits: number, where: string): number | undefined {
  const text = textOf(goods, 'RegularSalesUnitPrice') ?? textOf(goods, 'ActualSalesUnitPrice');
  return text === undefined ? undefined : money(text, digits, `${where}: unit price`);
}

function isByWeight(line: Element, goods: Element, quantity: string): boolean {
  // Of NCR's own: they say it in their namespace, where others give the unit of measure.
  if (isSet(line, 'weightItem')) return true;
  const unit = childOf(goods, 'Quantity')?.attributes['UnitOfMeasureCode']?.trim().toUpperCase();
  if (unit !== undefined && unit !== '' && !COUNTED.has(unit)) return true;
  return toUnits(quantity, '.') === undefined && /^[+-]?\d+\.\d+$/.test(quantity);
}

/** By weight a line is one piece, whatever it weighs. */
function signOf(text: string, where: string): number {
  const value = Number(text);
  if (!Number.isFinite(value)) throw new ReceiptInvalid(`${where}: the weight "${text.slice(0, 40)}" is no number`);
  return Math.sign(value);
}

function taxOf(tax: Element, digits: number): number {
  if (isSet(tax, 'TaxIncludedInPriceFlag') || isSet(tax, 'TaxIncludedInTaxableAmountFlag')) return 0;
  const text = textOf(tax, 'Amount');
  return text === undefined ? 0 : money(text, digits, 'tax');
}

function money(text: string, digits: number, what: string): number {
  const value = toMinor(text.trim(), digits, '.');
  if (value === undefined) throw new ReceiptInvalid(`${what}: "${text.trim().slice(0, 40)}" is no amount`);
  return value;
}

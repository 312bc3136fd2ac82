import { minorDigits } from '#shared/files/decimal.ts';
import type { FileDocument } from '../files/file-document.ts';
import { keyPrefixOf } from '../files/folder-feed.ts';
import { dateReader } from '#shared/files/local-time.ts';
import { childOf, childrenOf, isSet, textOf, type Element } from './element.ts';
import type { PoslogFeed } from './feed-config.ts';
import { linesOf } from './fact-lines.ts';
import { readReceipt, ReceiptInvalid, type Item } from './receipt.ts';

type Document = Omit<FileDocument, 'rows'>;

/** What a transaction says has happened; without documents why there are none, in one word for the report. */
export type TransactionFacts =
  | { readonly documents: readonly Document[]; readonly passedOver?: string }
  | { readonly rejected: string };

/** Receipts that were not finished, or were for practice. */
const UNFINISHED = new Set(['suspended', 'canceled', 'cancelled', 'failed', 'training', 'voided']);
const VOIDS = new Set(['void', 'voided', 'postvoid', 'postvoided']);

/**
 * Turns a transaction into facts. Pure: the same transaction gives the same facts and keys.
 *
 * - goods sold: sale, key = prefix + store-workstation-sequence-day, the transaction's identity
 * - goods brought back: return, the same key + ":return", also when goods are sold beside it
 * - a transaction that voids another one: a void of each fact that it names the goods of, its own key + ":void"
 * - sale and return come to the receipt's total to the cent: what is taken off the whole receipt is spread over the lines
 * - control transactions, training, cancelled and suspended ones have no facts
 */
export function factsOfTransaction(feed: PoslogFeed): (transaction: Element) => TransactionFacts {
  const instantOf = instantReader(feed.timeZone);
  return (transaction) => {
    try {
      return factsOf(transaction, feed, instantOf);
    } catch (error) {
      if (error instanceof ReceiptInvalid) return { rejected: error.message };
      throw error;
    }
  };
}

function factsOf(
  transaction: Element,
  feed: PoslogFeed,
  instantOf: (text: string) => number | undefined,
): TransactionFacts {
  const passedOver = reasonToPassOver(transaction);
  if (passedOver !== undefined) return { documents: [], passedOver };
  const retail = childOf(transaction, 'RetailTransaction');
  if (retail === undefined) return { documents: [], passedOver: kindOf(transaction) };
  const identity = identityOf(transaction);
  if (feed.store !== undefined && identity.store !== feed.store) {
    throw new ReceiptInvalid(`it is of store ${identity.store}, not of ${feed.store}`);
  }
  const currency = textOf(transaction, 'CurrencyCode') ?? textOf(retail, 'CurrencyCode') ?? feed.currency;
  if (currency === undefined || !/^[A-Z]{3}$/.test(currency))
    throw new ReceiptInvalid('it names no currency, nor does the feed');
  const when = timeOf(transaction, retail);
  const occurredAt = when === undefined ? undefined : instantOf(when);
  if (occurredAt === undefined) throw new ReceiptInvalid(`"${(when ?? '').slice(0, 40)}" is no date and time`);
  const key = keyPrefixOf(feed) + nameOf(identity);
  const receipt = readReceipt(retail, minorDigits(currency), feed);
  const voided = voidedBy(retail);
  if (voided !== undefined) return { documents: voidsOf(receipt.items, key, keyPrefixOf(feed) + nameOf(voided)) };
  const { sold, returned } = linesOf(receipt, feed);
  const head = { occurredAt, till: identity.workstation, receiptNo: identity.sequence, currency };
  const sale = soldIn(receipt.items, keyPrefixOf(feed));
  const documents: Document[] = [];
  if (sold.length > 0) documents.push({ kind: 'sale', key, body: { ...head, lines: sold } });
  if (returned.length > 0) {
    const body = { ...head, ...(sale === undefined ? {} : { sale }), lines: returned };
    documents.push({ kind: 'return', key: `${key}:return`, body });
  }
  return documents.length > 0 ? { documents } : { documents, passedOver: 'empty' };
}

function reasonToPassOver(transaction: Element): string | undefined {
  const retail = childOf(transaction, 'RetailTransaction');
  for (const one of [transaction, retail]) {
    if (one === undefined) continue;
    if (isSet(one, 'TrainingModeFlag')) return 'training';
    if (isSet(one, 'CancelFlag')) return 'cancelled';
    if (isSet(one, 'VoidFlag')) return 'voided';
  }
  const status = retail?.attributes['TransactionStatus'] ?? (retail && textOf(retail, 'TransactionStatus'));
  const lower = status?.toLowerCase();
  return lower !== undefined && UNFINISHED.has(lower) ? lower : undefined;
}

const kindOf = (transaction: Element): string =>
  transaction.children.some(({ name }) => name === 'ControlTransaction') ? 'control' : 'other';

interface Identity {
  readonly store: string;
  readonly workstation: string;
  readonly sequence: string;
  readonly day: string;
}

function identityOf(from: Element): Identity {
  const store = textOf(from, 'RetailStoreID') ?? textOf(childOf(from, 'BusinessUnit'), 'UnitID');
  const [workstation, sequence] = [textOf(from, 'WorkstationID'), textOf(from, 'SequenceNumber')];
  const day = (textOf(from, 'BusinessDayDate') ?? textOf(from, 'BeginDateTime') ?? textOf(from, 'EndDateTime'))?.slice(
    0,
    10,
  );
  if (store === undefined || workstation === undefined || sequence === undefined || day === undefined) {
    throw new ReceiptInvalid('it does not say its store, workstation, sequence number and business day');
  }
  return { store, workstation, sequence, day };
}

const nameOf = ({ store, workstation, sequence, day }: Identity): string =>
  `${store}-${workstation}-${sequence}-${day}`;

/** The transaction that this one takes back as a whole. */
function voidedBy(retail: Element): Identity | undefined {
  const link = childrenOf(retail, 'TransactionLink').find(({ attributes }) =>
    VOIDS.has((attributes['ReasonCode'] ?? '').toLowerCase()),
  );
  return link === undefined ? undefined : identityOf(link);
}

function voidsOf(items: readonly Item[], key: string, target: string): Document[] {
  const isReturn = items.some(({ way }) => way === 'returned');
  const isSale = items.some(({ way }) => way === 'sold') || !isReturn;
  const voided = (voids: string, ending: string): Document => ({
    kind: 'void',
    key: `${key}:void${ending}`,
    body: { voids, reason: 'voided at the till' },
  });
  return [...(isSale ? [voided(target, '')] : []), ...(isReturn ? [voided(`${target}:return`, '-return')] : [])];
}

/** The sale that goods were brought back from, when all of them name the same. */
function soldIn(items: readonly Item[], prefix: string): string | undefined {
  const links = items.filter(({ way }) => way === 'returned').map((item) => item.soldIn);
  const names = new Set(links.map((link) => (link === undefined ? undefined : prefix + nameOf(identityOf(link)))));
  return names.size === 1 ? [...names][0] : undefined;
}

function timeOf(transaction: Element, retail: Element): string | undefined {
  return (
    textOf(transaction, 'EndDateTime') ??
    textOf(retail, 'ReceiptDateTime') ??
    textOf(transaction, 'BeginDateTime') ??
    textOf(transaction, 'POSLogDateTime')
  );
}

/** Reads xs:dateTime: with an offset as it says, without one by the feed's time zone. */
function instantReader(timeZone: string): (text: string) => number | undefined {
  const local = dateReader('yyyy-MM-ddTHH:mm:ss', timeZone);
  const zoned = dateReader('yyyy-MM-ddTHH:mm:ssXXX', timeZone);
  return (text) => {
    const [, seconds, zone] = /^(.{19})(?:\.\d{1,9})?(Z|[+-]\d{2}:\d{2})?$/.exec(text) ?? [];
    if (seconds === undefined) return undefined;
    return zone === undefined ? local(seconds) : zoned(seconds + zone);
  };
}

import sax, { type QualifiedTag, type SAXParser } from 'sax';
import type { RepairField, RepairFieldKind } from '#shared/agent-api/quarantine.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Entry } from '#agent/store/quarantine.ts';
import type { IntakeResult } from '../intake.ts';
import { factsOfTransaction } from '../poslog/facts-of-transaction.ts';
import type { PoslogFeed } from '../poslog/feed-config.ts';
import { TransactionReader, type Transaction } from '../poslog/transaction-reader.ts';
import { form, type CorrectionDoor, type Mender } from './mender.ts';

const KINDS: Readonly<Record<string, RepairFieldKind>> = {
  RetailStoreID: 'text',
  UnitID: 'text',
  WorkstationID: 'text',
  SequenceNumber: 'key',
  BusinessDayDate: 'date',
  BeginDateTime: 'date',
  EndDateTime: 'date',
  CurrencyCode: 'text',
  ItemID: 'sku',
  POSItemID: 'sku',
  Quantity: 'quantity',
  ExtendedAmount: 'money',
  RegularSalesUnitPrice: 'money',
  ActualSalesUnitPrice: 'money',
};

/** An element that holds text alone, and where that text stands. */
interface Leaf {
  readonly name: string;
  readonly from: number;
  readonly to: number;
  readonly value: string;
  /** Of the receipt, from its SequenceNumber; empty outside of lines. */
  readonly line: string;
}

/** A transaction of a till's log: its identity, its time and the goods of its lines are fields. */
export function poslogTransactionMender(feed: PoslogFeed, intake: CorrectionDoor): Mender {
  const factsOf = factsOfTransaction(feed);
  const leavesIn = (entry: Entry): Leaf[] => leavesOf(entry.verbatim).filter(({ name }) => Object.hasOwn(KINDS, name));
  return {
    form(entry) {
      if (!entry.isWhole) return form(null, [], 'cut');
      const fields = leavesIn(entry).map((leaf, place): RepairField => {
        const label = leaf.line === '' ? leaf.name : `${leaf.line}: ${leaf.name}`;
        const isWrong = leaf.value !== '' && entry.detail.includes(`"${leaf.value}"`);
        return { id: String(place), kind: KINDS[leaf.name] ?? 'text', label, value: leaf.value, isWrong };
      });
      return form(entry.verbatim, fields);
    },
    corrected(entry, values) {
      const leaves = leavesIn(entry);
      const changes = Object.entries(values).map(([id, value]) => {
        const leaf = leaves[Number(id)];
        if (leaf === undefined)
          throw new ShelfwireError('REQUEST_INVALID', `fields: there is no "${id.slice(0, 80)}".`);
        return { ...leaf, value };
      });
      // From the end on, so that places before stay where they are.
      return changes
        .toSorted((a, b) => b.from - a.from)
        .reduce((text, { from, to, value }) => text.slice(0, from) + escaped(value) + text.slice(to), entry.verbatim);
    },
    async send(entry, text) {
      const refuse = (detail: string): IntakeResult[] => [
        { status: 'refused', key: null, code: 'POSLOG_TRANSACTION_INVALID', detail },
      ];
      const read = transactionOf(entry, text);
      if (typeof read === 'string') return refuse(read);
      if (read.element === undefined) return refuse(read.reason);
      const facts = factsOf(read.element);
      if ('rejected' in facts) return refuse(facts.rejected);
      if (facts.documents.length === 0) return refuse(`It gives no facts (${facts.passedOver ?? 'empty'}).`);
      return intake.offer(
        entry.source,
        facts.documents.map(({ kind, key, body }) => ({ submission: { kind, key, body } })),
      );
    },
  };
}

function transactionOf(entry: Entry, text: string): Transaction | string {
  const root = entry.origin?.header ?? null;
  const [, name] = /^<([\w.:-]{1,200})/.exec(root ?? '') ?? [];
  const reader = new TransactionReader();
  try {
    const found = [...reader.push(name === undefined ? text : `${root}${text}</${name}>`), ...reader.end()];
    return found.length === 1 && found[0] !== undefined ? found[0] : 'It must be one transaction.';
  } catch (error) {
    if (error instanceof ShelfwireError) return error.message;
    throw error;
  }
}

/** Without namespaces: prefixes that the log's beginning declares are not known here. What is broken has no fields. */
function leavesOf(text: string): Leaf[] {
  const parser: SAXParser = sax.parser(true, { position: true });
  const leaves: Leaf[] = [];
  let open: { name: string; from: number; hasChildren: boolean }[] = [];
  let line = '';
  let isBroken = false;
  Object.assign(parser, {
    onopentag: (tag) => {
      const parent = open.at(-1);
      if (parent) parent.hasChildren = true;
      open.push({ name: localOf((tag as QualifiedTag).name), from: parser.position, hasChildren: false });
    },
    onclosetag: () => {
      const { name, from, hasChildren } = open.pop() ?? { name: '', from: 0, hasChildren: true };
      const to = parser.startTagPosition - 1;
      if (name === 'LineItem') line = '';
      const raw = text.slice(from, Math.max(from, to));
      if (hasChildren || to < from || raw.includes('<')) return;
      const value = unescaped(raw).trim();
      const isLines = name === 'SequenceNumber' && open.at(-1)?.name === 'LineItem';
      if (isLines) line = value;
      else leaves.push({ name, from, to, value, line });
    },
    onerror: () => {
      isBroken = true;
      parser.error = null as never;
    },
  } satisfies Partial<SAXParser>);
  parser.write(text).close();
  open = [];
  return isBroken ? [] : leaves;
}

const localOf = (name: string): string => name.slice(name.indexOf(':') + 1);

const escaped = (value: string): string =>
  value.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
const unescaped = (text: string): string =>
  text.replaceAll('&lt;', '<').replaceAll('&gt;', '>').replaceAll('&amp;', '&');

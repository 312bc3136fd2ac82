import { ErpFailure } from '../connector.ts';

/** Who sends to whom, and how. */
export interface Parties {
  readonly sender: string;
  readonly senderQualifier: string;
  readonly receiver: string;
  readonly receiverQualifier: string;
  /** Of the functional group; often the same without their qualifiers. */
  readonly senderCode: string;
  readonly receiverCode: string;
  readonly usage: 'P' | 'T';
}

export type Element = string | number | undefined;
export type Segment = readonly [id: string, ...elements: Element[]];

/** X12 has no escape: what a text says must not be one of these. */
const ELEMENT = '*';
const COMPONENT = '>';
const SEGMENT = '~';
const VERSION = '004010';

/** Of a transaction set the code of its functional group. */
const GROUPS = { '846': 'IB', '852': 'PD' } as const;
export type TransactionSet = keyof typeof GROUPS;

/**
 * One interchange with one group with one transaction set, all three under the document's number, so that what the partner
 * acknowledges is known to be it. Throws ERP_MAPPING_FAILED for what X12 cannot say. Pure.
 */
export function writeInterchange(
  set: TransactionSet,
  segments: readonly Segment[],
  { parties, number, atMs }: { readonly parties: Parties; readonly number: number; readonly atMs: number },
): string {
  const { sender, senderQualifier, receiver, receiverQualifier, senderCode, receiverCode, usage } = parties;
  const at = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '');
  const [date, time] = [at.slice(0, 8), at.slice(8, 12)];
  const control = String(number).padStart(9, '0');
  const blank = ' '.repeat(10);
  const header: Segment[] = [
    [
      'ISA',
      '00',
      blank,
      '00',
      blank,
      senderQualifier,
      sender.padEnd(15),
      receiverQualifier,
      receiver.padEnd(15),
      date.slice(2),
      time,
      'U',
      VERSION.slice(0, 5),
      control,
      '0',
      usage,
    ],
    ['GS', GROUPS[set], senderCode, receiverCode, date, time, number, 'X', VERSION],
  ];
  const body: Segment[] = [['ST', set, '0001'], ...segments, ['SE', segments.length + 2, '0001']];
  const trailer: Segment[] = [
    ['GE', 1, number],
    ['IEA', 1, control],
  ];
  // The last element of the first says what separates components, by being it.
  const [isa, gs] = header.map(textOf);
  return [`${isa}${ELEMENT}${COMPONENT}`, gs, ...body.map(textOf), ...trailer.map(textOf)]
    .map((segment) => `${segment}${SEGMENT}\n`)
    .join('');
}

/** Empty elements at the end are left away. */
function textOf([id, ...elements]: Segment): string {
  const texts = elements.map((element) => (element === undefined ? '' : elementOf(element, id)));
  while (texts.at(-1) === '') texts.pop();
  return [id, ...texts].join(ELEMENT);
}

function elementOf(value: string | number, id: string): string {
  const text = typeof value === 'number' ? decimalOf(value) : value;
  if (/[*>~\p{Cc}]/u.test(text))
    throw new ErpFailure(
      'ERP_MAPPING_FAILED',
      `${id}: ${JSON.stringify(text)} has a sign in it that separates in X12.`,
    );
  return text;
}

/** Never with an exponent. */
function decimalOf(value: number): string {
  return Number.isInteger(value) ? String(value) : value.toFixed(4).replace(/0+$/, '');
}

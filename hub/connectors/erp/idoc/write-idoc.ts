import { hash } from 'node:crypto';
import { ErpFailure } from '../connector.ts';
import { IDOC_TYPES, type SegmentType } from './segments.ts';

/** The control record, as far as it is the same for every document. */
export interface ControlParties {
  readonly client?: string | undefined;
  readonly senderPort: string;
  readonly senderType: string;
  readonly receiverPort: string;
  readonly receiverType: string;
  readonly receiver: string;
  readonly isTest: boolean;
}

/** Fields that a release or an extension has beside ours: by segment, with their lengths. */
export type ExtraFields = Readonly<Record<string, Readonly<Record<string, number>>>>;

type Values = Readonly<Record<string, unknown>>;

/** 32 signs of which none is taken for another. */
const SIGNS = '0123456789ABCDEFGHJKLMNPQRSTVWXYZ'.slice(0, 32);

/**
 * The receipt number that SAP's own check for duplicates goes by, in its 15 signs: the same for a key for ever, and by chance
 * of two keys never the same.
 */
export function receiptNumberOf(key: string): string {
  const bytes = hash('sha256', key, 'buffer');
  return Array.from({ length: 15 }, (_, place) => SIGNS.charAt((bytes[place] ?? 0) & 31)).join('');
}

export interface WrittenWith {
  readonly parties: ControlParties;
  readonly extra: ExtraFields;
  readonly key: string;
  /** Of the document at this ERP: what it is serialised by. */
  readonly number: number;
  readonly atMs: number;
}

/**
 * A document as an XML IDoc: `SNDPRN` (the store's partner number) and the segments of its type, in their order, whatever
 * the order in the mapping. Throws ERP_MAPPING_FAILED, naming the field. Pure.
 */
export function writeIdoc(type: string, payload: Values, { parties, extra, key, number, atMs }: WrittenWith): string {
  const idoc = Object.hasOwn(IDOC_TYPES, type) ? IDOC_TYPES[type] : undefined;
  if (idoc === undefined)
    throw failed(`"${type}" is not an IDoc type that is written: ${Object.keys(IDOC_TYPES).join(', ')}.`);
  const { SNDPRN: sender, ...body } = payload;
  const at = new Date(atMs).toISOString().replaceAll(/[-:T]/g, '');
  const control = element('EDI_DC40', { SEGMENT: '1' }, [
    ...fieldsOf(
      'EDI_DC40',
      {
        TABNAM: 'EDI_DC40',
        MANDT: parties.client,
        DIRECT: '2',
        TEST: parties.isTest ? 'X' : undefined,
        IDOCTYP: type,
        MESTYP: idoc.message,
        STDMES: idoc.message,
        SNDPOR: parties.senderPort,
        SNDPRT: parties.senderType,
        SNDPRN: sender,
        RCVPOR: parties.receiverPort,
        RCVPRT: parties.receiverType,
        RCVPRN: parties.receiver,
        CREDAT: at.slice(0, 8),
        CRETIM: at.slice(8, 14),
        ARCKEY: key.length <= CONTROL.ARCKEY ? key : receiptNumberOf(key),
        SERIAL: String(number).padStart(CONTROL.SERIAL, '0'),
      },
      CONTROL,
    ),
  ]);
  if (typeof sender !== 'string' || sender === '') throw failed('SNDPRN: the partner number of the store is missing.');
  const { root } = idoc;
  const unknown = Object.keys(body).find((name) => name !== root.name);
  if (unknown !== undefined) throw failed(`${unknown}: "${type}" has no such segment at its top.`);
  const filled = withReceiptNumber(body[root.name], root, key);
  const segments = segmentsOf(root, filled, extra, root.name);
  const whole = element(type, {}, [element('IDOC', { BEGIN: '1' }, [control, ...segments])]);
  return `<?xml version="1.0" encoding="UTF-8"?>\n${whole}\n`;
}

const CONTROL = {
  TABNAM: 10,
  MANDT: 3,
  DIRECT: 1,
  TEST: 1,
  IDOCTYP: 30,
  MESTYP: 30,
  STDMES: 6,
  SNDPOR: 10,
  SNDPRT: 2,
  SNDPRN: 10,
  RCVPOR: 10,
  RCVPRT: 2,
  RCVPRN: 10,
  CREDAT: 8,
  CRETIM: 6,
  ARCKEY: 70,
  SERIAL: 20,
} as const;

function withReceiptNumber(given: unknown, { fields }: SegmentType, key: string): unknown {
  if (!Object.hasOwn(fields, 'BONNUMMER') || typeof given !== 'object' || given === null || Array.isArray(given))
    return given;
  return { BONNUMMER: receiptNumberOf(key), ...given };
}

function segmentsOf(type: SegmentType, given: unknown, extra: ExtraFields, at: string): string[] {
  if (given === undefined) {
    if (type.isRequired) throw failed(`${at}: the segment is missing.`);
    return [];
  }
  const list = Array.isArray(given) ? (given as readonly unknown[]) : [given];
  if (type.isRequired && list.length === 0) throw failed(`${at}: the segment is missing.`);
  return list.map((one, place) => {
    const here = Array.isArray(given) ? `${at}[${place}]` : at;
    if (typeof one !== 'object' || one === null) throw failed(`${here}: it is no segment.`);
    const values = one as Values;
    const { children = [] } = type;
    const lengths = { ...type.fields, ...extra[type.name] };
    const inner = new Set(children.map(({ name }) => name));
    const fields = Object.fromEntries(Object.entries(values).filter(([name]) => !inner.has(name)));
    return element(type.name, { SEGMENT: '1' }, [
      ...fieldsOf(here, fields, lengths),
      ...children.flatMap((child) => segmentsOf(child, values[child.name], extra, `${here}.${child.name}`)),
    ]);
  });
}

function fieldsOf(at: string, values: Values, lengths: Readonly<Record<string, number>>): string[] {
  const unknown = Object.keys(values).find((name) => !Object.hasOwn(lengths, name));
  if (unknown !== undefined)
    throw failed(`${at}.${unknown}: there is no such field; the setting \`fields\` may add it.`);
  return Object.entries(lengths).flatMap(([name, length]) => {
    const value = values[name];
    if (value === undefined || value === null || value === '') return [];
    const text = textOf(value, `${at}.${name}`);
    if (text.length > length) throw failed(`${at}.${name}: "${text}" is longer than ${length} signs.`);
    return [`<${name}>${escaped(text)}</${name}>`];
  });
}

function textOf(value: unknown, at: string): string {
  if (typeof value === 'number') return Number.isInteger(value) ? String(value) : value.toFixed(3).replace(/0+$/, '');
  if (typeof value !== 'string') throw failed(`${at}: it is neither a text nor a number.`);
  if (/\p{Cc}/u.test(value)) throw failed(`${at}: it has a sign in it that is not text.`);
  return value;
}

function element(name: string, attributes: Readonly<Record<string, string>>, inner: readonly string[]): string {
  const shown = Object.entries(attributes).map(([key, value]) => ` ${key}="${value}"`);
  return `<${name}${shown.join('')}>${inner.join('')}</${name}>`;
}

function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;');
}

function failed(detail: string): ErpFailure {
  return new ErpFailure('ERP_MAPPING_FAILED', detail);
}

import { z } from 'zod';
import { FaultyServer, type Answer, type Asked } from './faulty-server.ts';

type Row = Record<string, unknown>;

export interface PosItem {
  readonly item: string;
  readonly qty: number;
  readonly rate: number;
}

const filters = z.array(z.tuple([z.string(), z.enum(['=', '>', '>=', 'in']), z.unknown()]));

/** The POS invoices of an ERPNext as Frappe's REST lists them; its times are those of a clock on the wall of `timeZone`. */
export class PosErpNext {
  readonly server: FaultyServer;
  readonly url: string;
  readonly timeZone = 'Europe/Berlin';
  token = 'key:secret';
  /** The server's clock, ms since 1970. */
  now = Date.now();
  readonly #tables: Record<string, Row[]> = {
    'POS Invoice': [],
    'POS Invoice Item': [],
    Item: [
      { name: 'A', is_stock_item: 1 },
      { name: 'B', is_stock_item: 1 },
      { name: 'DELIVERY', is_stock_item: 0 },
    ],
  };
  #count = 0;

  private constructor(server: FaultyServer) {
    this.server = server;
    this.url = server.url;
  }

  static async start(): Promise<PosErpNext> {
    let answer = (_asked: Asked): Answer => ({ status: 503 });
    const server = await FaultyServer.start((request) => answer(request));
    const erp = new PosErpNext(server);
    answer = (request) => ({ ...erp.#answer(request), headers: { date: new Date(erp.now).toUTCString() } });
    return erp;
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  /** An invoice as a till has submitted it; answers its name. */
  add(items: readonly PosItem[], more: { returns?: string; writtenAt?: number; values?: Row } = {}): string {
    const { returns, writtenAt = this.now, values = {} } = more;
    const name = `ACC-PSINV-2026-${String((this.#count += 1)).padStart(5, '0')}`;
    const written = this.wall(writtenAt);
    this.#of('POS Invoice').push({
      name,
      modified: `${written}.123456`,
      docstatus: 1,
      posting_date: written.slice(0, 10),
      posting_time: `${written.slice(11)}.000000`,
      is_return: returns === undefined ? 0 : 1,
      return_against: returns ?? null,
      pos_profile: 'Store 1',
      currency: 'EUR',
      discount_amount: 0,
      ...values,
    });
    for (const [idx, { item, qty, rate }] of items.entries())
      this.#of('POS Invoice Item').push({ parent: name, item_code: item, qty, rate, amount: qty * rate, idx });
    return name;
  }

  change(name: string, values: Row): void {
    const invoice = this.#of('POS Invoice').find((row) => row['name'] === name);
    if (invoice) Object.assign(invoice, { modified: `${this.wall(this.now)}.654321` }, values);
  }

  wall(ms: number): string {
    return new Intl.DateTimeFormat('sv-SE', {
      timeZone: this.timeZone,
      dateStyle: 'short',
      timeStyle: 'medium',
    }).format(ms);
  }

  #answer({ method, path, query, headers }: Asked): Answer {
    if (headers.authorization !== `token ${this.token}`)
      return failed(401, 'AuthenticationError', 'Authentication required');
    const doctype = decodeURIComponent(/^\/api\/resource\/([^/]+)$/.exec(path)?.[1] ?? '');
    const rows = this.#tables[doctype];
    if (method !== 'GET' || rows === undefined) return failed(404, 'DoesNotExistError', `DocType ${doctype} not found`);
    // Rows of a table in a document may be listed by who may read that document, which has to be named.
    if (doctype === 'POS Invoice Item' && query.get('parent') !== 'POS Invoice')
      return failed(403, 'PermissionError', 'Insufficient Permission for POS Invoice Item');
    const fields = z.array(z.string()).parse(JSON.parse(query.get('fields') ?? '["name"]'));
    const asked = filters.parse(JSON.parse(query.get('filters') ?? '[]'));
    const unknown = [...fields, ...asked.map(([field]) => field)].find(
      (field) => rows[0] && !Object.hasOwn(rows[0], field),
    );
    if (unknown !== undefined) return failed(417, 'DataError', `Field not permitted in query: ${unknown}`);
    const order = (query.get('order_by') ?? 'modified desc').split(',').map((one) => one.trim().split(' ')[0] ?? '');
    const data = rows
      .filter((row) => asked.every(([field, is, value]) => compare(row[field], is, value)))
      .toSorted((a, b) => by(a, b, order))
      .slice(0, Number(query.get('limit_page_length') ?? 20))
      .map((row) => Object.fromEntries(fields.map((field) => [field, row[field]])));
    return { status: 200, body: { data } };
  }

  #of(doctype: string): Row[] {
    return this.#tables[doctype] ?? [];
  }
}

function by(a: Row, b: Row, fields: readonly string[]): number {
  const field = fields.find((one) => a[one] !== b[one]);
  if (field === undefined) return 0;
  const [left, right] = [a[field], b[field]];
  return typeof left === 'number' && typeof right === 'number' ? left - right : String(left) < String(right) ? -1 : 1;
}

function compare(found: unknown, is: string, value: unknown): boolean {
  if (is === 'in') return Array.isArray(value) && value.includes(found);
  if (is === '=') return found === value;
  return is === '>' ? String(found) > String(value) : String(found) >= String(value);
}

function failed(status: number, type: string, message: string): Answer {
  const packed = JSON.stringify([JSON.stringify({ message, title: 'Message', indicator: 'red' })]);
  return {
    status,
    body: { exc_type: type, exception: `frappe.exceptions.${type}: ${message}`, _server_messages: packed },
  };
}

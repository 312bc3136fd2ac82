import { z } from 'zod';
import { FaultyServer, type Answer, type Asked } from './faulty-server.ts';

const name = z.string().min(1).max(140);
const day = z.string().regex(/^\d{4}-\d\d-\d\d$/);
const posting = {
  doctype: name,
  docstatus: z.union([z.literal(0), z.literal(1)]).default(0),
  company: name,
  posting_date: day.optional(),
  posting_time: z
    .string()
    .regex(/^\d\d:\d\d:\d\d/)
    .optional(),
  set_posting_time: z.union([z.literal(0), z.literal(1)]).optional(),
  shelfwire_key: name.optional(),
  remarks: z.string().max(10_000).optional(),
};

const invoice = z
  .object({
    ...posting,
    customer: name,
    currency: z.string().length(3),
    is_pos: z.union([z.literal(0), z.literal(1)]).default(0),
    is_return: z.union([z.literal(0), z.literal(1)]).default(0),
    update_stock: z.union([z.literal(0), z.literal(1)]).default(0),
    apply_discount_on: z.enum(['Grand Total', 'Net Total']).optional(),
    discount_amount: z.number().default(0),
    items: z
      .array(
        z.object({
          item_code: name,
          qty: z.number(),
          rate: z.number().min(0),
          /** Worked out of price lists, whatever it is: an amount is the rate by the quantity. */
          discount_amount: z.number().optional(),
          warehouse: name,
        }),
      )
      .min(1),
    payments: z.array(z.object({ mode_of_payment: name, amount: z.number() })).default([]),
  })
  .refine(
    ({ is_pos: isPos, payments }) => isPos === 0 || payments.length > 0,
    'At least one mode of payment is required for POS invoice.',
  )
  .refine(
    ({ is_return: isReturn, items }) => items.every(({ qty }) => (isReturn === 1 ? qty < 0 : qty > 0)),
    'Quantity has the wrong sign',
  );

/** Which of its warehouses a row must have, by purpose: source, target. */
const PURPOSES: Readonly<Record<string, readonly [boolean, boolean]>> = {
  'Material Receipt': [false, true],
  'Material Issue': [true, false],
  'Material Transfer': [true, true],
};
const stockEntry = z
  .object({
    ...posting,
    stock_entry_type: z.enum(['Material Receipt', 'Material Issue', 'Material Transfer']),
    items: z
      .array(
        z.object({
          item_code: name,
          qty: z.number().positive(),
          s_warehouse: name.optional(),
          t_warehouse: name.optional(),
        }),
      )
      .min(1),
  })
  .refine(({ stock_entry_type: type, items }) => {
    const [source, target] = PURPOSES[type] ?? [false, false];
    return items.every(
      (row) => (row.s_warehouse !== undefined) === source && (row.t_warehouse !== undefined) === target,
    );
  }, 'Source and target warehouse do not fit the purpose');

interface Kept {
  readonly doctype: string;
  readonly name: string;
  readonly key: string | undefined;
  docstatus: number;
  /** What is still to be paid. */
  readonly outstanding: number;
  readonly effects: readonly { readonly bin: string; readonly quantity: number }[];
}

/**
 * ERPNext as far as documents are posted to it, built from Frappe's REST API: token auth, its errors (417 for what is not
 * valid, also for a unique field that is taken; 409 for a name; messages packed in JSON three times), stock in bins.
 */
export class ErpNext {
  readonly kept: Kept[] = [];
  readonly bins = new Map<string, number>();
  token = 'key:secret';
  items = new Set(['SKU-1', 'A', 'B']);
  warehouses = new Set<string>();
  readonly server: FaultyServer;

  private constructor(server: FaultyServer) {
    this.server = server;
  }

  static async start(): Promise<ErpNext> {
    let answer = (_asked: Asked): Answer => ({ status: 503 });
    const server = await FaultyServer.start((asked) => answer(asked));
    const erp = new ErpNext(server);
    answer = (asked) => erp.#answer(asked);
    return erp;
  }

  /** Keys in the order in which they came; those of cancelled documents too. */
  get keys(): string[] {
    return this.kept.flatMap(({ key }) => key ?? []);
  }

  stop(): Promise<void> {
    return this.server.stop();
  }

  #answer({ method, path, query, headers, text }: Asked): Answer {
    if (headers.authorization !== `token ${this.token}`)
      return failed(401, 'AuthenticationError', 'Authentication required');
    const [, api, resource, doctype = '', document, ...more] = path.split('/').map(decodeURIComponent);
    if (api !== 'api' || resource !== 'resource' || more.length > 0)
      return failed(404, 'DoesNotExistError', 'Not found');
    if (doctype === 'Bin' && method === 'GET') return this.#listBins(query);
    if (doctype !== 'Sales Invoice' && doctype !== 'Stock Entry')
      return failed(404, 'DoesNotExistError', `DocType ${doctype} not found`);
    if (method === 'GET' && document === undefined) return this.#find(doctype, query);
    if (method === 'POST' && document === undefined) return this.#make(doctype, JSON.parse(text));
    if (method === 'PUT' && document !== undefined) return this.#change(doctype, document, JSON.parse(text));
    return failed(405, 'ValidationError', 'Not allowed');
  }

  #find(doctype: string, query: URLSearchParams): Answer {
    const filters = z
      .array(z.tuple([z.literal('shelfwire_key'), z.literal('='), z.string()]))
      .parse(JSON.parse(query.get('filters') ?? '[]'));
    const found = this.kept.filter((one) => one.doctype === doctype && filters.every(([, , key]) => one.key === key));
    return {
      status: 200,
      body: {
        data: found
          .slice(0, Number(query.get('limit_page_length') ?? 20))
          .map(({ name, docstatus }) => ({ name, docstatus })),
      },
    };
  }

  #make(doctype: string, given: unknown): Answer {
    const parsed = (doctype === 'Sales Invoice' ? invoice : stockEntry).safeParse(given);
    if (!parsed.success) return failed(417, 'ValidationError', parsed.error.issues[0]?.message ?? 'not valid');
    const made = parsed.data;
    const rows = made.items as readonly {
      item_code: string;
      qty: number;
      warehouse?: string;
      s_warehouse?: string | undefined;
      t_warehouse?: string | undefined;
    }[];
    for (const { item_code: item, ...row } of rows) {
      if (!this.items.has(item))
        return failed(417, 'LinkValidationError', `Could not find Row #1: Item Code: <strong>${item}</strong>`);
      for (const place of [row.warehouse, row.s_warehouse, row.t_warehouse]) {
        if (place !== undefined && this.warehouses.size > 0 && !this.warehouses.has(place))
          return failed(417, 'LinkValidationError', `Could not find Warehouse: ${place}`);
      }
    }
    const key = made.shelfwire_key;
    // The database's constraint: cancelled documents keep their key.
    if (key !== undefined && this.kept.some((one) => one.doctype === doctype && one.key === key)) {
      return failed(417, 'UniqueValidationError', `${doctype} shelfwire_key must be unique`);
    }
    const effects = rows.flatMap(({ item_code: item, qty, warehouse, s_warehouse: source, t_warehouse: target }) => [
      ...(warehouse === undefined ? [] : [{ bin: `${warehouse}\n${item}`, quantity: -qty }]),
      ...(source === undefined ? [] : [{ bin: `${source}\n${item}`, quantity: -qty }]),
      ...(target === undefined ? [] : [{ bin: `${target}\n${item}`, quantity: qty }]),
    ]);
    const name = `${doctype === 'Sales Invoice' ? 'ACC-SINV' : 'MAT-STE'}-${String(this.kept.length + 1).padStart(5, '0')}`;
    const outstanding = 'payments' in made ? outstandingOf(made) : 0;
    const document = { doctype, name, key, docstatus: made.docstatus, outstanding, effects };
    this.kept.push(document);
    if (made.docstatus === 1) this.#move(document, 1);
    return { status: 200, body: { data: { name, docstatus: made.docstatus, shelfwire_key: key } } };
  }

  #change(doctype: string, name: string, given: unknown): Answer {
    const document = this.kept.find((one) => one.doctype === doctype && one.name === name);
    if (document === undefined) return failed(404, 'DoesNotExistError', `${doctype} ${name} not found`);
    const asked = z.strictObject({ docstatus: z.literal(2) }).safeParse(given);
    if (!asked.success) return failed(417, 'UpdateAfterSubmitError', 'Not allowed to change after submission');
    if (document.docstatus !== 1)
      return failed(417, 'DocstatusTransitionError', `Cannot change docstatus from ${document.docstatus} to 2`);
    document.docstatus = 2;
    this.#move(document, -1);
    return { status: 200, body: { data: { name, docstatus: 2 } } };
  }

  #move({ effects }: Kept, sign: number): void {
    for (const { bin, quantity } of effects) this.bins.set(bin, (this.bins.get(bin) ?? 0) + sign * quantity);
  }

  #listBins(query: URLSearchParams): Answer {
    const filters = z
      .array(z.tuple([z.string(), z.string(), z.string()]))
      .parse(JSON.parse(query.get('filters') ?? '[]'));
    const after = filters.find(([field, is]) => field === 'name' && is === '>')?.[2] ?? '';
    const rows = [...this.bins].map(([bin, actual_qty]) => {
      const [warehouse, item_code] = bin.split('\n');
      return { name: bin.replace('\n', ' '), item_code, warehouse, actual_qty, modified: '2026-01-01 00:00:00.000000' };
    });
    const page = rows
      .filter((row) => row.name > after)
      .toSorted((a, b) => (a.name < b.name ? -1 : 1))
      .slice(0, Number(query.get('limit_page_length') ?? 20));
    return { status: 200, body: { data: page } };
  }
}

function outstandingOf({ items, payments, discount_amount: discount }: z.output<typeof invoice>): number {
  const total = items.reduce((sum, { rate, qty }) => sum + rate * qty, 0);
  const paid = payments.reduce((sum, { amount }) => sum + amount, 0);
  return Math.round((total - discount - paid) * 100) / 100;
}

/** As Frappe packs what it says. */
function failed(status: number, type: string, message: string): Answer {
  const packed = JSON.stringify([JSON.stringify({ message, title: 'Message', indicator: 'red' })]);
  return {
    status,
    body: { exc_type: type, exception: `frappe.exceptions.${type}: ${message}`, _server_messages: packed },
  };
}

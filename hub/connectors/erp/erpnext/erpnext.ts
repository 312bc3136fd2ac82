import { z } from 'zod';
import { defineErpKind, ErpFailure, type ErpConnector, type MappedDocument, type Posted } from '../connector.ts';
import { excerpt } from '../../http/answer.ts';
import { failureOf, isHtml, readJson } from '../http/answer.ts';
import { baseUrl, originOf, secret } from '../http/fields.ts';
import { createHttp, requireErpUrl, type HttpAnswer, type HttpCall } from '../http/http.ts';
import { erpnextExample } from './erpnext-example.ts';
import { isDuplicate, whyOf } from './frappe-error.ts';

const settings = z.strictObject({
  url: baseUrl,
  /** The custom field of every document type that is posted to: unique, not copied with a document. */
  keyField: z
    .string()
    .regex(/^[a-z][a-z0-9_]{0,60}$/, 'must be the name of a field')
    .default('shelfwire_key'),
});
const credentials = z.strictObject({ apiKey: secret, apiSecret: secret });

const CAPABILITIES = { cancels: true, once: 'uniqueField', readsStock: true } as const;

/** Of a document: 0 is a draft, 1 is submitted, 2 is cancelled. */
const found = z.object({ data: z.array(z.object({ name: z.string().max(256), docstatus: z.int().min(0).max(2) })) });
const made = z.object({ data: z.object({ name: z.string().max(256) }) });
const bins = z.object({
  data: z.array(
    z.object({
      name: z.string().max(256),
      item_code: z.string().max(256),
      warehouse: z.string().max(256),
      actual_qty: z.number(),
      modified: z.string().max(64),
    }),
  ),
});

const SUBMITTED = 1;
const CANCELLED = 2;

/**
 * ERPNext, by Frappe's REST API. It has no key of its own for a request: ours stands in a unique custom field, so a second
 * document under it is refused by its database, and the first is found by it.
 */
export const erpnext = defineErpKind({
  title: 'ERPNext, with a unique custom field for the key in every document type that is posted to',
  settings,
  credentials,
  capabilities: CAPABILITIES,
  example: erpnextExample,
  shownTo: ({ url }) => originOf(url),
  create({ url, keyField }, { apiKey, apiSecret }, { clock, toPrivate, timeoutMs }): ErpConnector {
    requireErpUrl(url, toPrivate);
    const http = createHttp({ clock, toPrivate, timeoutMs });
    const headers = { authorization: `token ${apiKey}:${apiSecret}` };
    const call = async (asked: Omit<HttpCall, 'url' | 'headers'> & { readonly path: string }): Promise<HttpAnswer> => {
      const { path, ...rest } = asked;
      const answer = await http.call({ ...rest, url: url + path, headers });
      if (isHtml(answer)) throw new ErpFailure('ERP_ANSWER_INVALID', `A page came, no answer: ${excerpt(answer.text)}`);
      return answer;
    };
    const find = async (doctype: string, key: string): Promise<{ name: string; docstatus: number } | undefined> => {
      const query = new URLSearchParams({
        filters: JSON.stringify([[keyField, '=', key]]),
        fields: JSON.stringify(['name', 'docstatus']),
        limit_page_length: '1',
      });
      const answer = await call({ method: 'GET', path: `${resource(doctype)}?${query.toString()}` });
      if (answer.status !== 200) throw failureOf(answer, clock.now(), whyOf(answer));
      return readJson(answer, found).data[0];
    };
    /** Whether what is there is what is to be: submitted, or cancelled. */
    const lookup = async (document: MappedDocument, key: string): Promise<Posted | undefined> => {
      if (document.act === 'write') {
        const there = await find(document.target, key);
        return there && { reference: there.name };
      }
      const there = await find(document.target, document.key);
      // What is not there any more, or was never, needs no cancelling.
      if (there === undefined) return { reference: null };
      return there.docstatus === CANCELLED ? { reference: there.name } : undefined;
    };
    return {
      capabilities: CAPABILITIES,
      lookup,
      async post(document, key) {
        if (document.act === 'cancel') {
          const there = await find(document.target, document.key);
          if (there === undefined || there.docstatus === CANCELLED) return { reference: there?.name ?? null };
          const path = `${resource(document.target)}/${encodeURIComponent(there.name)}`;
          const answer = await call({ method: 'PUT', path, body: { docstatus: CANCELLED } });
          if (answer.status !== 200) throw failureOf(answer, clock.now(), whyOf(answer));
          return { reference: there.name };
        }
        const body = { docstatus: SUBMITTED, ...document.payload, doctype: document.target, [keyField]: key };
        const answer = await call({ method: 'POST', path: resource(document.target), body });
        if (answer.status === 200 || answer.status === 201) return { reference: readJson(answer, made).data.name };
        if (isDuplicate(answer)) return duplicate(answer, await lookup(document, key));
        // 417 is how Frappe says that a document is not valid; 403 that this user may not make one of that type.
        throw failureOf(answer, clock.now(), whyOf(answer));
      },
      async readStock({ since, cursor, limit }) {
        const filters = [
          ...(since === null ? [] : [['modified', '>=', since]]),
          ...(cursor === null ? [] : [['name', '>', cursor]]),
        ];
        const query = new URLSearchParams({
          fields: JSON.stringify(['name', 'item_code', 'warehouse', 'actual_qty', 'modified']),
          filters: JSON.stringify(filters),
          order_by: 'name asc',
          limit_page_length: String(limit),
        });
        const answer = await call({ method: 'GET', path: `${resource('Bin')}?${query.toString()}` });
        if (answer.status !== 200) throw failureOf(answer, clock.now(), whyOf(answer));
        const { data } = readJson(answer, bins);
        const items = data.map(({ item_code: sku, warehouse: location, actual_qty: quantity, modified: changedAt }) => {
          return { location, sku, quantity, changedAt };
        });
        return { items, next: data.length < limit ? null : (data.at(-1)?.name ?? null) };
      },
      close: () => http.close(),
    };
  },
});

const resource = (doctype: string): string => `/api/resource/${encodeURIComponent(doctype)}`;

/** A duplicate under our key is the first sending, which went through; under anything else it is somebody else's document. */
function duplicate(answer: HttpAnswer, there: Posted | undefined): Posted {
  if (there !== undefined) return there;
  throw new ErpFailure('ERP_CONFLICT', `The ERP answered ${answer.status}: ${whyOf(answer)}`);
}

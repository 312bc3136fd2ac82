import { z } from 'zod';
import { defineErpKind, ErpFailure, type ErpConnector, type MappedDocument, type Posted } from '../connector.ts';
import { excerpt } from '../../http/answer.ts';
import { failureOf, isHtml, readJson } from '../http/answer.ts';
import { baseUrl, originOf, secret } from '../http/fields.ts';
import { createHttp, requireErpUrl, type HttpAnswer } from '../http/http.ts';
import { restExample } from './rest-example.ts';

const template = z
  .string()
  .max(500)
  .regex(/^\/[\x21-\x7e]*$/, 'must begin with / and be printable ASCII');

const settings = z.strictObject({
  url: baseUrl,
  /** Below the address: {target} and {key} are put in. */
  path: template.refine((path) => path.includes('{key}'), 'must have {key} in it').default('/{target}/{key}'),
  method: z.enum(['PUT', 'PATCH']).default('PUT'),
  /** Where stock is read; absent: it is not. */
  stockPath: template.optional(),
});

const credentials = z.union([
  z.strictObject({ bearer: secret }),
  z.strictObject({ user: secret, password: secret }),
  z.strictObject({
    header: z.string().regex(/^[A-Za-z][A-Za-z0-9-]{0,63}$/, 'must be the name of a header'),
    value: secret,
  }),
]);

const stockAnswer = z.object({
  items: z.array(
    z.object({
      location: z.string().max(256),
      sku: z.string().max(256),
      quantity: z.number(),
      changedAt: z.string().max(64).nullish(),
    }),
  ),
  next: z.string().max(2_048).nullish(),
});
const reference = z.object({ id: z.union([z.string().max(256), z.number()]) });

const CAPABILITIES = { cancels: false, once: 'upsert', readsStock: true } as const;

/**
 * Any ERP, or what stands before one, that takes a document by PUT under a key of ours: the second has no effect beside the
 * first. NetSuite does (`/{target}/eid:{key}`), and most integration platforms can.
 */
export const rest = defineErpKind({
  title: 'Any ERP that takes a document by PUT (or PATCH) under an external key',
  settings,
  credentials,
  capabilities: CAPABILITIES,
  example: restExample,
  shownTo: ({ url }) => originOf(url),
  create({ url, path, method, stockPath }, given, { clock, toPrivate, timeoutMs }): ErpConnector {
    requireErpUrl(url, toPrivate);
    const http = createHttp({ clock, toPrivate, timeoutMs });
    const headers = authorization(given);
    const urlOf = ({ target }: MappedDocument, key: string): string =>
      url + path.replaceAll(/\{(target|key)\}/g, (_, name) => encodeURIComponent(name === 'key' ? key : target));
    return {
      capabilities: { ...CAPABILITIES, readsStock: stockPath !== undefined },
      async post(document, key) {
        if (document.act === 'cancel')
          throw new ErpFailure('ERP_MAPPING_FAILED', 'This ERP cancels nothing by itself.');
        const answer = await http.call({ method, url: urlOf(document, key), headers, body: document.payload });
        if (answer.status < 200 || answer.status >= 300) throw failureOf(answer, clock.now());
        return takenAs(answer);
      },
      async lookup(document, key) {
        const answer = await http.call({ method: 'GET', url: urlOf(document, key), headers });
        // What is not there is said by the ERP; a page of something before it says nothing.
        if (answer.status === 404 && !isHtml(answer)) return undefined;
        if (answer.status < 200 || answer.status >= 300) throw failureOf(answer, clock.now());
        return takenAs(answer);
      },
      async readStock({ since, cursor, limit }) {
        if (stockPath === undefined) throw new ErpFailure('ERP_REFUSED', 'The setting `stockPath` is not set.');
        const asked = new URL(url + stockPath);
        if (since !== null) asked.searchParams.set('since', since);
        asked.searchParams.set('limit', String(limit));
        if (cursor !== null) asked.searchParams.set('cursor', cursor);
        const answer = await http.call({ method: 'GET', url: asked.href, headers });
        if (answer.status !== 200) throw failureOf(answer, clock.now());
        const { items, next } = readJson(answer, stockAnswer);
        return { items: items.map((item) => ({ ...item, changedAt: item.changedAt ?? null })), next: next ?? null };
      },
      close: () => http.close(),
    };
  },
});

/** A page of a proxy with 200 has taken nothing. */
function takenAs(answer: HttpAnswer): Posted {
  if (isHtml(answer)) throw new ErpFailure('ERP_ANSWER_INVALID', `A page came, no answer: ${excerpt(answer.text)}`);
  if (answer.text.trim() === '') return { reference: null };
  const value: unknown = readJson(answer, z.unknown());
  const parsed = reference.safeParse(value);
  return { reference: parsed.success ? String(parsed.data.id) : null };
}

function authorization(given: z.output<typeof credentials>): Record<string, string> {
  if ('bearer' in given) return { authorization: `Bearer ${given.bearer}` };
  if ('header' in given) return { [given.header.toLowerCase()]: given.value };
  return { authorization: `Basic ${Buffer.from(`${given.user}:${given.password}`).toString('base64')}` };
}

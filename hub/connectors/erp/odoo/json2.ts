import { z } from 'zod';
import { excerpt } from '../../http/answer.ts';
import { ErpFailure } from '../connector.ts';
import { failureOf, isHtml, readJson } from '../http/answer.ts';
import type { Http, HttpAnswer } from '../http/http.ts';

/** Arguments by name; `ids` are the records that the method is called on, `context` is what it runs with. */
export type Arguments = Readonly<Record<string, unknown>>;

/** A conditions list of Odoo, such as `[['name', '=', 'S1/a']]`. */
export type Domain = readonly (readonly [field: string, operator: string, value: unknown])[];

/** Calls of Odoo's JSON-2. One call is one transaction there: what fails has done nothing. Throws ErpFailure. */
export interface Json2 {
  call<Schema extends z.ZodType>(
    model: string,
    method: string,
    given: Arguments,
    answer: Schema,
  ): Promise<z.output<Schema>>;
  /** Rows of a model, in the order of their ids. */
  read<Schema extends z.ZodType>(
    model: string,
    asked: { readonly domain: Domain; readonly fields: readonly string[]; readonly limit: number },
    row: Schema,
  ): Promise<z.output<Schema>[]>;
}

export interface Json2Options {
  readonly url: string;
  readonly database: string;
  readonly apiKey: string;
  readonly http: Http;
  readonly now: () => number;
}

export function createJson2({ url, database, apiKey, http, now }: Json2Options): Json2 {
  const headers = { authorization: `bearer ${apiKey}`, 'x-odoo-database': database };
  const call: Json2['call'] = async (model, method, given, answer) => {
    const got = await http.call({ method: 'POST', url: `${url}/json/2/${model}/${method}`, headers, body: given });
    if (isHtml(got)) throw new ErpFailure('ERP_ANSWER_INVALID', `A page came, no answer: ${excerpt(got.text)}`);
    if (got.status !== 200) throw odooFailure(got, now());
    return readJson(got, answer);
  };
  return {
    call,
    read: (model, { domain, fields, limit }, row) =>
      call(model, 'search_read', { domain, fields, limit, order: 'id asc' }, z.array(row)),
  };
}

/** How Odoo says what is wrong; `debug` is a traceback of its own and stays there. */
const failure = z.object({ name: z.string().max(1_000), message: z.string() });

/**
 * What a failure of Odoo means.
 *
 * - Its exceptions of validation are 422, and so are arguments that a method does not take: the document's.
 * - 404 with its own body is a record, or a model, that is not there: the document's. Without one the address is wrong.
 * - A Python error of the call (500, `builtins.…`), such as a field that the model does not have: the document's.
 * - Any other 500, among them what its database says: Odoo's own.
 */
export function odooFailure(answer: HttpAnswer, now: number): ErpFailure {
  const said = saidBy(answer);
  if (said === undefined) return failureOf(answer, now);
  const why = excerpt(said.message === '' ? said.name : `${shortOf(said.name)}: ${said.message}`);
  const isOfDocument = answer.status === 404 || (answer.status === 500 && said.name.startsWith('builtins.'));
  if (isOfDocument) return new ErpFailure('ERP_REFUSED', `The ERP answered ${answer.status}: ${why}`);
  return failureOf(answer, now, why);
}

function saidBy({ text }: HttpAnswer): z.output<typeof failure> | undefined {
  try {
    return failure.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}

/** `odoo.exceptions.ValidationError` is a ValidationError. */
function shortOf(name: string): string {
  return name.split('.').at(-1) ?? name;
}

import { z } from 'zod';
import { ErpFailure } from '../connector.ts';
import type { Domain, Json2 } from './json2.ts';

/** A record of Odoo, named by a field of it: becomes its id. Without what the field is (`optional`) it is left away. */
const reference = z.strictObject({
  find: z.string().regex(/^[a-z][a-z0-9_.]{0,80}$/, 'must be the name of a model'),
  by: z.string().regex(/^[a-z][a-z0-9_.]{0,80}$/, 'must be the name of a field'),
  is: z.union([z.string().max(1_000), z.number()]).optional(),
});
type Reference = z.output<typeof reference> & { readonly is: string | number };

/** What Odoo knows by an id stays; but a session at a till ends every evening. */
const CHANGING = new Map<string, Domain>([['pos.session', [['state', '=', 'opened']]]]);
const KEPT_MS = 300_000;
const KEPT_MAX = 50_000;
/** References of one document to one model, asked for in one call. */
const ASKED_MAX = 2_000;

/**
 * Puts ids where a mapping names records: `{find: product.product, by: default_code, is: SKU-1}`. Of each model they are asked
 * for together, and known for five minutes.
 */
export class References {
  readonly #json2: Json2;
  readonly #monotonic: () => number;
  readonly #known = new Map<string, { readonly id: number; readonly until: number }>();

  constructor(json2: Json2, monotonic: () => number) {
    this.#json2 = json2;
    this.#monotonic = monotonic;
  }

  /** The payload with ids; throws ERP_REFUSED for what is not there, ERP_MAPPING_FAILED for what names nothing. */
  async resolve(payload: Readonly<Record<string, unknown>>): Promise<Record<string, unknown>> {
    const named = new Map<string, Reference>();
    collect(payload, named);
    const ids = await this.#idsOf([...named.values()]);
    return replaced(payload, ids) as Record<string, unknown>;
  }

  async #idsOf(named: readonly Reference[]): Promise<Map<string, number>> {
    const ids = new Map<string, number>();
    const unknown = new Map<string, Reference[]>();
    for (const one of named) {
      const known = this.#known.get(nameOf(one));
      if (known !== undefined && known.until > this.#monotonic()) ids.set(nameOf(one), known.id);
      else unknown.set(`${one.find} ${one.by}`, [...(unknown.get(`${one.find} ${one.by}`) ?? []), one]);
    }
    for (const group of unknown.values()) {
      const found = await this.#ask(group);
      for (const one of group) {
        const id = found.get(String(one.is));
        if (id === undefined)
          throw new ErpFailure('ERP_REFUSED', `Odoo has no ${one.find} whose ${one.by} is "${one.is}".`);
        ids.set(nameOf(one), id);
        this.#keep(one, id);
      }
    }
    return ids;
  }

  /** Ids by the value of the field; the oldest record when several have it. */
  async #ask(group: readonly Reference[]): Promise<Map<string, number>> {
    const [{ find, by }] = group as [Reference];
    if (group.length > ASKED_MAX)
      throw new ErpFailure('ERP_MAPPING_FAILED', `A document names at most ${ASKED_MAX} records of ${find}.`);
    // A field of a related record is not read along, so such records are asked for one by one.
    const isOwn = !by.includes('.');
    const asked = isOwn ? [group] : group.map((one) => [one]);
    const found = new Map<string, number>();
    for (const part of asked) {
      const values = part.map(({ is }) => is);
      const domain: Domain = [[by, 'in', values], ...(CHANGING.get(find) ?? [])];
      const row = z.looseObject({ id: z.int() });
      const rows = await this.#json2.read(find, { domain, fields: isOwn ? [by] : ['id'], limit: 2 * ASKED_MAX }, row);
      for (const { id, ...fields } of rows.toReversed()) {
        const value = isOwn ? fields[by] : values[0];
        if (typeof value === 'string' || typeof value === 'number') found.set(String(value), id);
      }
    }
    return found;
  }

  #keep(one: Reference, id: number): void {
    if (CHANGING.has(one.find)) return;
    if (this.#known.size >= KEPT_MAX) this.#known.clear();
    this.#known.set(nameOf(one), { id, until: this.#monotonic() + KEPT_MS });
  }
}

const nameOf = ({ find, by, is }: Reference): string => `${find} ${by} ${is}`;

function collect(value: unknown, named: Map<string, Reference>): void {
  if (Array.isArray(value)) for (const one of value) collect(one, named);
  else if (typeof value === 'object' && value !== null) {
    const one = referenceIn(value);
    if (one === 'none') return;
    if (one !== undefined) named.set(nameOf(one), one);
    else for (const part of Object.values(value)) collect(part, named);
  }
}

function replaced(value: unknown, ids: ReadonlyMap<string, number>): unknown {
  if (Array.isArray(value)) return value.map((one) => replaced(one, ids));
  if (typeof value !== 'object' || value === null) return value;
  const one = referenceIn(value);
  if (one === 'none') return undefined;
  if (one !== undefined) return ids.get(nameOf(one));
  const parts = Object.entries(value).map(([name, part]) => [name, replaced(part, ids)] as const);
  return Object.fromEntries(parts.filter(([, part]) => part !== undefined));
}

function referenceIn(value: object): Reference | 'none' | undefined {
  if (!Object.hasOwn(value, 'find')) return undefined;
  const { data } = reference.safeParse(value);
  if (data !== undefined) return data.is === undefined ? 'none' : { ...data, is: data.is };
  throw new ErpFailure('ERP_MAPPING_FAILED', 'What names a record of Odoo has `find`, `by` and `is`.');
}

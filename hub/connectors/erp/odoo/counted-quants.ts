import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ErpFailure, type Posted } from '../connector.ts';
import { askedBack } from './asks-back.ts';
import type { Json2 } from './json2.ts';

/** What a mapping makes of a count: what is there of each product at each place. */
const counts = z.strictObject({
  lines: z
    .array(z.strictObject({ product_id: z.int(), location_id: z.int(), counted: z.number().min(0) }))
    .min(1)
    .max(5_000),
});

/** Something moves at a place again and again: then it is left for later. */
const ATTEMPTS = 3;
const MOVES_MAX = 10_000;

/**
 * Counts as inventory adjustments of Odoo: what was counted is set, then applied.
 *
 * - Odoo answers 200 with a window (`stock.inventory.conflict`) when something has moved between the two, and applies
 *   nothing: the count is set again, against what is there now.
 * - Its moves carry the key as their reference. That is no unique field: it is looked at before a count is applied.
 */
export class CountedQuants {
  readonly #json2: Json2;

  constructor(json2: Json2) {
    this.#json2 = json2;
  }

  async lookup(key: string): Promise<Posted | undefined> {
    const marked = markOf(key);
    const moves = await this.#json2.read(
      'stock.move',
      {
        domain: [
          ['is_inventory', '=', true],
          ['reference', '=like', `${likeOf(marked)}%`],
        ],
        fields: ['reference'],
        limit: MOVES_MAX,
      },
      z.object({ id: z.int(), reference: z.string() }),
    );
    // Odoo adds the name of whoever counted.
    const isThere = moves.some(({ reference }) => reference === marked || reference.startsWith(`${marked} (`));
    return isThere ? { reference: marked } : undefined;
  }

  /** Throws ERP_OUTDATED when it could not be applied for what moves there. */
  async post(payload: unknown, key: string): Promise<Posted> {
    const parsed = counts.safeParse(payload);
    if (!parsed.success) throw new ErpFailure('ERP_MAPPING_FAILED', describeIssues(parsed.error));
    const there = await this.lookup(key);
    if (there !== undefined) return there;
    const vals_list = parsed.data.lines.map(({ counted, ...place }) => ({ ...place, inventory_quantity: counted }));
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const quants = await this.#json2.call(
        'stock.quant',
        'create',
        { vals_list, context: { inventory_mode: true } },
        z.array(z.int()).min(1),
      );
      const context = { inventory_mode: true, inventory_name: markOf(key) };
      const answer = await this.#json2.call(
        'stock.quant',
        'action_apply_inventory',
        { ids: quants, context },
        z.unknown(),
      );
      const asked = askedBack(answer);
      if (asked === undefined) return { reference: markOf(key) };
      // Else somebody who looks at Odoo would take it for a count that is to be applied.
      await this.#json2.call('stock.quant', 'action_clear_inventory_quantity', { ids: quants }, z.unknown());
      if (asked.model !== 'stock.inventory.conflict')
        throw new ErpFailure('ERP_REFUSED', `Odoo asks back instead of applying: ${asked.title} (${asked.model}).`);
    }
    throw new ErpFailure('ERP_OUTDATED', `Odoo applied nothing: stock moved between ${ATTEMPTS} counts and their use.`);
  }
}

const markOf = (key: string): string => `[${key}]`;

function likeOf(text: string): string {
  return text.replaceAll(/[\\%_]/g, (sign) => `\\${sign}`);
}

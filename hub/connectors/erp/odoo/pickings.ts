import { z } from 'zod';
import { ErpFailure, type Posted } from '../connector.ts';
import { askedBack } from './asks-back.ts';
import { commandsOf } from './commands.ts';
import type { Json2 } from './json2.ts';

type Values = Readonly<Record<string, unknown>>;

const many2one = z.tuple([z.int(), z.string()]);
const found = z.object({ id: z.int(), name: z.string(), state: z.string() });
const original = found.extend({
  picking_type_id: many2one,
  location_id: many2one,
  location_dest_id: many2one,
});
const originalMove = z.object({
  id: z.int(),
  product_id: many2one,
  quantity: z.number(),
  location_id: many2one,
  location_dest_id: many2one,
});
const ids = z.array(z.int()).min(1);
const MOVES_MAX = 5_000;

/** Everything that moves is there, so nobody is to be asked about what remains, or told by text message. */
const UNASKED = { skip_backorder: true, skip_sms: true };

/**
 * Goods that move, as transfers of Odoo. Our key is the transfer's name, which its database keeps unique in a company. One is
 * made as a draft, which moves nothing, and then validated: what was made and not validated is made anew.
 */
export class Pickings {
  readonly #json2: Json2;

  constructor(json2: Json2) {
    this.#json2 = json2;
  }

  /** Undefined also for one that is not done: it has moved nothing. Throws ERP_CONFLICT for one that was cancelled. */
  async lookup(key: string): Promise<Posted | undefined> {
    const picking = await this.#find(key, ['name', 'state'], found);
    if (picking?.state === 'cancel')
      throw new ErpFailure('ERP_CONFLICT', `The transfer "${key}" was cancelled in Odoo.`);
    return picking?.state === 'done' ? { reference: picking.name } : undefined;
  }

  async post({ move_ids: moves, ...head }: Values, key: string): Promise<Posted> {
    if (!Array.isArray(moves) || moves.length === 0)
      throw new ErpFailure('ERP_MAPPING_FAILED', 'A transfer of Odoo has a list `move_ids` with something in it.');
    const there = await this.#find(key, ['name', 'state'], found);
    if (there?.state === 'done') return { reference: there.name };
    // Of an earlier attempt, perhaps by another mapping.
    if (there !== undefined) await this.#json2.call('stock.picking', 'unlink', { ids: [there.id] }, z.unknown());
    const { location_id, location_dest_id } = head;
    const values = {
      ...head,
      name: key,
      move_ids: (moves as readonly Values[]).map((move) => ({
        location_id,
        location_dest_id,
        quantity: move['product_uom_qty'],
        ...move,
        picked: true,
      })),
    };
    const [id] = await this.#make(values, key);
    const answer = await this.#json2.call(
      'stock.picking',
      'button_validate',
      { ids: [id], context: UNASKED },
      z.unknown(),
    );
    const asked = askedBack(answer);
    if (asked !== undefined)
      throw new ErpFailure('ERP_REFUSED', `Odoo asks back instead of validating: ${asked.title} (${asked.model}).`);
    return { reference: key };
  }

  /** The same goods the other way; null where there is nothing to take back. */
  async reverse(target: string, key: string): Promise<Posted | null> {
    const fields = ['name', 'state', 'picking_type_id', 'location_id', 'location_dest_id'];
    const picking = await this.#find(target, fields, original);
    if (picking?.state !== 'done') return null;
    const moves = await this.#json2.read(
      'stock.move',
      {
        domain: [
          ['picking_id', '=', picking.id],
          ['state', '=', 'done'],
        ],
        fields: ['product_id', 'quantity', 'location_id', 'location_dest_id'],
        limit: MOVES_MAX,
      },
      originalMove,
    );
    const back = {
      picking_type_id: picking.picking_type_id[0],
      location_id: picking.location_dest_id[0],
      location_dest_id: picking.location_id[0],
      origin: `Reversal of ${picking.name}`,
      move_ids: moves.map((move) => ({
        product_id: move.product_id[0],
        product_uom_qty: move.quantity,
        location_id: move.location_dest_id[0],
        location_dest_id: move.location_id[0],
      })),
    };
    return this.post(back, key);
  }

  async #make(values: Values, key: string): Promise<readonly number[]> {
    try {
      return await this.#json2.call('stock.picking', 'create', { vals_list: [commandsOf(values)] }, ids);
    } catch (error) {
      // Another worker, which counted as killed, may have been quicker.
      const there = error instanceof ErpFailure && error.code === 'ERP_REFUSED' ? await this.lookup(key) : undefined;
      if (there === undefined) throw error;
      throw new ErpFailure('ERP_TIMEOUT', `The transfer "${key}" was made by another worker meanwhile.`);
    }
  }

  async #find<Schema extends z.ZodType>(
    key: string,
    fields: readonly string[],
    row: Schema,
  ): Promise<z.output<Schema> | undefined> {
    return (await this.#json2.read('stock.picking', { domain: [['name', '=', key]], fields, limit: 1 }, row))[0];
  }
}

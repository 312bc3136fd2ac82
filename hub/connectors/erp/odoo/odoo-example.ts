import type { FieldRule, Fields, MappingDocument } from '../mapping/mapping-document.ts';

/** A record of Odoo by a field of it. */
const record = (find: string, by: string, is: FieldRule) =>
  ({ fields: { find: { value: find }, by: { value: by }, is } }) as const satisfies FieldRule;
const product = record('product.product', 'default_code', { from: 'sku' });
const place = (is: FieldRule) => record('stock.location', 'complete_name', is);
const pickingType = (code: string) =>
  record('stock.picking.type', 'barcode', { text: `{location}/${code}`, table: 'operation' });
const stock = place({ text: '{location}/sellable', table: 'place' });
const conditioned = place({ text: '{location}/{condition}', table: 'place' });
const suppliers = place({ value: 'Partners/Vendors' });
const customers = place({ value: 'Partners/Customers' });
const transit = place({ value: 'Physical Locations/Inter-warehouse transit' });
const adjusted = place({ value: 'Virtual Locations/Inventory adjustment' });

const head = {
  origin: { text: '{location} {correlationId}' },
  scheduled_date: { from: 'at', as: 'datetime' },
} as const satisfies Fields;
const move = { product_id: product, product_uom_qty: { from: 'quantity', as: 'units' } } as const satisfies Fields;

/** Units that leave the place of one condition, enter that of another, or both; where there is none it is the adjustment's own. */
const moved = {
  ...head,
  picking_type_id: pickingType('internal'),
  location_id: adjusted,
  location_dest_id: adjusted,
  move_ids: {
    each: 'lines',
    fields: {
      ...move,
      location_id: place({ text: '{location}/{source}', table: 'place', optional: true }),
      location_dest_id: place({ text: '{location}/{destination}', table: 'place', optional: true }),
    },
  },
} as const satisfies Fields;

const order = {
  session_id: record('pos.session', 'config_id.name', { from: 'location', table: 'till' }),
  pos_reference: { from: 'key' },
  date_order: { from: 'at', as: 'datetime' },
  amount_tax: { value: 0 },
} as const satisfies Fields;
const soldLine = {
  product_id: product,
  price_unit: { from: 'unitPriceMinor', as: 'major' },
  tax_ids: { list: [] },
} as const satisfies Fields;
const cash = record('pos.payment.method', 'name', { value: 'Cash' });

/**
 * To begin with: sales and returns as orders of the store's till, whose prices have their tax in them, all else as
 * transfers. `count` is there for those who want it, and led nowhere: with `variance` it would be told twice.
 */
export const odooExample: MappingDocument = {
  routes: [
    {
      kinds: [
        'sale',
        'return',
        'receipt',
        'transferOut',
        'transferIn',
        'transferSettled',
        'adjustment',
        'handOver',
        'variance',
        'void',
      ],
    },
  ],
  tables: {
    till: { S1: 'Store 1' },
    place: { 'S1/sellable': 'S1/Stock', 'S1/damaged': 'S1/Damaged', 'S1/quarantined': 'S1/Quarantine' },
    onTheWay: { sellable: 'Physical Locations/Inter-warehouse transit' },
    operation: { 'S1/in': 'S1IN', 'S1/out': 'S1OUT', 'S1/internal': 'S1INT' },
  },
  documents: {
    sale: {
      target: 'pos.order',
      fields: {
        ...order,
        amount_total: { from: 'totalMinor', as: 'major' },
        amount_paid: { from: 'totalMinor', as: 'major' },
        lines: {
          each: 'lines',
          fields: {
            ...soldLine,
            qty: { from: 'quantity' },
            price_subtotal: { from: 'totalMinor', as: 'major' },
            price_subtotal_incl: { from: 'totalMinor', as: 'major' },
          },
        },
        payment_ids: { list: [{ amount: { from: 'totalMinor', as: 'major' }, payment_method_id: cash }] },
      },
    },
    return: {
      target: 'pos.order',
      fields: {
        ...order,
        amount_total: { from: 'totalMinor', as: 'majorMinus' },
        amount_paid: { from: 'totalMinor', as: 'majorMinus' },
        lines: {
          each: 'lines',
          fields: {
            ...soldLine,
            qty: { from: 'quantity', as: 'minus' },
            price_subtotal: { from: 'totalMinor', as: 'majorMinus' },
            price_subtotal_incl: { from: 'totalMinor', as: 'majorMinus' },
          },
        },
        payment_ids: { list: [{ amount: { from: 'totalMinor', as: 'majorMinus' }, payment_method_id: cash }] },
      },
    },
    receipt: {
      target: 'stock.picking',
      fields: {
        ...head,
        picking_type_id: pickingType('in'),
        location_id: suppliers,
        location_dest_id: stock,
        move_ids: { each: 'lines', fields: { ...move, location_dest_id: conditioned } },
      },
    },
    transferOut: {
      target: 'stock.picking',
      fields: {
        ...head,
        picking_type_id: pickingType('internal'),
        location_id: stock,
        location_dest_id: transit,
        move_ids: { each: 'lines', fields: move },
      },
    },
    transferIn: {
      target: 'stock.picking',
      fields: {
        ...head,
        picking_type_id: pickingType('internal'),
        location_id: transit,
        location_dest_id: stock,
        move_ids: { each: 'lines', fields: move },
      },
    },
    transferSettled: {
      target: 'stock.picking',
      fields: {
        ...moved,
        move_ids: {
          each: 'lines',
          fields: {
            ...move,
            location_id: place({ text: '{source}', table: 'onTheWay', optional: true }),
            location_dest_id: place({ text: '{destination}', table: 'onTheWay', optional: true }),
          },
        },
      },
    },
    adjustment: { target: 'stock.picking', fields: moved },
    variance: { target: 'stock.picking', fields: moved },
    handOver: {
      target: 'stock.picking',
      fields: {
        ...head,
        picking_type_id: pickingType('out'),
        location_id: stock,
        location_dest_id: customers,
        move_ids: { each: 'lines', fields: move },
      },
    },
    count: {
      target: 'stock.quant',
      fields: {
        lines: {
          each: 'lines',
          fields: { product_id: product, location_id: stock, counted: { from: 'quantity' } },
        },
      },
    },
    void: { cancel: true },
  },
};

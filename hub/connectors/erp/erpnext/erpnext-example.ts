import type { FieldRule, MappingDocument } from '../mapping/mapping-document.ts';

const posted = {
  company: { value: 'Your Company' },
  posting_date: { from: 'at', as: 'date' },
  posting_time: { from: 'at', as: 'time' },
  set_posting_time: { value: 1 },
} as const satisfies Record<string, FieldRule>;
const warehouse = { text: '{location}/sellable', table: 'warehouse' } as const;
const stockLine = {
  item_code: { from: 'sku' },
  qty: { from: 'quantity', as: 'units' },
} as const satisfies Record<string, FieldRule>;

/** Units that leave the warehouse of one condition, enter that of another, or both. */
const moved = {
  ...posted,
  stock_entry_type: { from: 'direction', table: 'purpose' },
  items: {
    each: 'lines',
    fields: {
      ...stockLine,
      s_warehouse: { text: '{location}/{source}', table: 'warehouse', optional: true },
      t_warehouse: { text: '{location}/{destination}', table: 'warehouse', optional: true },
    },
  },
} as const satisfies Record<string, FieldRule>;

const issued = {
  ...posted,
  stock_entry_type: { value: 'Material Issue' },
  items: { each: 'lines', fields: { ...stockLine, s_warehouse: warehouse } },
} as const satisfies Record<string, FieldRule>;

const soldLine = {
  item_code: { from: 'sku' },
  rate: { from: 'unitPriceMinor', as: 'major' },
  warehouse: { text: '{location}/{condition}', table: 'warehouse' },
} as const satisfies Record<string, FieldRule>;
const invoice = {
  ...posted,
  customer: { value: 'Walk-in Customer' },
  currency: { from: 'currency' },
  is_pos: { value: 1 },
  update_stock: { value: 1 },
  remarks: { text: '{location} {correlationId}' },
  /** Of the whole: what an item says of its discount ERPNext works out itself, and its amount is its rate by its quantity. */
  apply_discount_on: { value: 'Grand Total' },
} as const satisfies Record<string, FieldRule>;

/**
 * To begin with: sales and returns as invoices that move stock, all else as stock entries. Counts go as what they found
 * more or less, never as reconciliations: a late sale would be counted twice behind one.
 */
export const erpnextExample: MappingDocument = {
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
    warehouse: {
      'S1/sellable': 'Store 1 - YC',
      'S1/damaged': 'Store 1 Damaged - YC',
      'S1/quarantined': 'Store 1 Quarantine - YC',
    },
    transit: { S1: 'In Transit - YC' },
    onTheWay: { 'S1/sellable': 'In Transit - YC' },
    purpose: { in: 'Material Receipt', out: 'Material Issue', move: 'Material Transfer' },
  },
  documents: {
    sale: {
      target: 'Sales Invoice',
      fields: {
        ...invoice,
        discount_amount: { from: 'totalDiscountMinor', as: 'major' },
        items: { each: 'lines', fields: { ...soldLine, qty: { from: 'quantity' } } },
        payments: {
          list: [{ mode_of_payment: { value: 'Cash' }, amount: { from: 'totalMinor', as: 'major' } }],
        },
      },
    },
    return: {
      target: 'Sales Invoice',
      fields: {
        ...invoice,
        is_return: { value: 1 },
        discount_amount: { from: 'totalDiscountMinor', as: 'majorMinus' },
        items: { each: 'lines', fields: { ...soldLine, qty: { from: 'quantity', as: 'minus' } } },
        payments: { list: [{ mode_of_payment: { value: 'Cash' }, amount: { from: 'totalMinor', as: 'majorMinus' } }] },
      },
    },
    receipt: {
      target: 'Stock Entry',
      fields: {
        ...posted,
        stock_entry_type: { value: 'Material Receipt' },
        items: {
          each: 'lines',
          fields: { ...stockLine, t_warehouse: { text: '{location}/{condition}', table: 'warehouse' } },
        },
      },
    },
    transferOut: {
      target: 'Stock Entry',
      fields: {
        ...posted,
        stock_entry_type: { value: 'Material Transfer' },
        items: {
          each: 'lines',
          fields: { ...stockLine, s_warehouse: warehouse, t_warehouse: { from: 'location', table: 'transit' } },
        },
      },
    },
    transferIn: {
      target: 'Stock Entry',
      fields: {
        ...posted,
        stock_entry_type: { value: 'Material Transfer' },
        items: {
          each: 'lines',
          fields: { ...stockLine, s_warehouse: { from: 'from', table: 'transit' }, t_warehouse: warehouse },
        },
      },
    },
    transferSettled: {
      target: 'Stock Entry',
      fields: {
        ...moved,
        items: {
          each: 'lines',
          fields: {
            ...stockLine,
            s_warehouse: { text: '{from}/{source}', table: 'onTheWay', optional: true },
            t_warehouse: { text: '{from}/{destination}', table: 'onTheWay', optional: true },
          },
        },
      },
    },
    adjustment: { target: 'Stock Entry', fields: moved },
    variance: { target: 'Stock Entry', fields: moved },
    handOver: { target: 'Stock Entry', fields: issued },
    void: { cancel: true },
  },
};

import type { FieldRule, Fields, MappingDocument } from '../mapping/mapping-document.ts';

const head = {
  location: { from: 'location', table: 'store' },
  date: { from: 'at', as: 'compactDate' },
} as const satisfies Fields;

const activities = (activity: FieldRule, quantity: FieldRule) =>
  ({
    target: '852',
    fields: { ...head, lines: { each: 'lines', fields: { sku: { from: 'sku' }, activity, quantity } } },
  }) as const;
const asItIs = { from: 'quantity', as: 'number' } as const satisfies FieldRule;
const takenBack = { from: 'quantity', as: 'minus' } as const satisfies FieldRule;

/**
 * To begin with: what happened as product activity (QS sold, QU returned by the consumer, QR received, QZ transferred, QT
 * corrected), counts as inventory. A void tells the activity of what it takes back, with the other sign. Units that only change their condition
 * are there as before: a correction by none.
 */
export const x12Example: MappingDocument = {
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
        'count',
        'void',
      ],
    },
  ],
  tables: {
    store: { S1: '0001' },
  },
  documents: {
    sale: activities({ value: 'QS' }, asItIs),
    return: activities({ value: 'QU' }, asItIs),
    receipt: activities({ value: 'QR' }, asItIs),
    transferOut: activities({ value: 'QZ' }, asItIs),
    transferIn: activities({ value: 'QR' }, asItIs),
    transferSettled: activities({ value: 'QT' }, asItIs),
    adjustment: activities({ value: 'QT' }, { from: 'change', as: 'number' }),
    handOver: activities({ value: 'QS' }, asItIs),
    variance: activities({ value: 'QT' }, asItIs),
    count: {
      target: '846',
      fields: {
        ...head,
        time: { from: 'at', as: 'compactTime' },
        lines: { each: 'lines', fields: { sku: { from: 'sku' }, quantity: { from: 'quantity' } } },
      },
    },
    void: {
      of: {
        sale: activities({ value: 'QS' }, takenBack),
        return: activities({ value: 'QU' }, takenBack),
        receipt: activities({ value: 'QR' }, takenBack),
        transferOut: activities({ value: 'QZ' }, takenBack),
        transferIn: activities({ value: 'QR' }, takenBack),
        adjustment: activities({ value: 'QT' }, { from: 'change', as: 'minus' }),
        handOver: activities({ value: 'QS' }, takenBack),
      },
    },
  },
};

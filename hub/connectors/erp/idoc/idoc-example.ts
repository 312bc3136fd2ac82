import type { FieldRule, Fields, MappingDocument, WrittenRule } from '../mapping/mapping-document.ts';

const partner = { from: 'location', table: 'partner' } as const satisfies FieldRule;
const article = { QUALARTNR: { value: 'ARTN' }, ARTNR: { from: 'sku' } } as const satisfies Fields;
const units = { from: 'quantity', as: 'units' } as const satisfies FieldRule;

/** A receipt: of what is sold the sign is -, of what comes back it is +. */
function receipt(sign: '-' | '+'): WrittenRule {
  const paid = sign === '-' ? '+' : '-';
  return {
    target: 'WPUBON01',
    fields: {
      SNDPRN: partner,
      E1WPB01: {
        fields: {
          KASSID: { value: '1' },
          VORGDATUM: { from: 'at', as: 'compactDate' },
          VORGZEIT: { from: 'at', as: 'compactTime' },
          BELEGWAERS: { from: 'currency' },
          E1WPB02: {
            each: 'lines',
            fields: {
              ...article,
              VORZEICHEN: { value: sign },
              MENGE: units,
              E1WPB03: {
                list: [
                  {
                    VORZEICHEN: { value: '+' },
                    KONDITION: { value: 'PN10' },
                    KONDVALUE: { from: 'totalMinor', as: 'major' },
                  },
                ],
              },
            },
          },
          E1WPB06: {
            list: [
              {
                VORZEICHEN: { value: paid },
                ZAHLART: { value: 'CASH' },
                SUMME: { from: 'totalMinor', as: 'major' },
              },
            ],
          },
        },
      },
    },
  };
}

/** Goods that move, by SAP's own movement types: 101 receipt, 641 and 101 between stores, 701 and 702 found and missing. */
function goods(movement: FieldRule): WrittenRule {
  return {
    target: 'WPUWBW01',
    fields: {
      SNDPRN: partner,
      E1WPG01: {
        fields: {
          BELEGDATUM: { from: 'at', as: 'compactDate' },
          E1WPG02: { each: 'lines', fields: { ...article, BEWART: movement, MENGE: units, MEINH: { value: 'ST' } } },
        },
      },
    },
  };
}
const byDirection = { text: '{direction}', table: 'found' } as const satisfies FieldRule;
const byReversal = { text: '{direction}', table: 'foundNot' } as const satisfies FieldRule;

/** To begin with: sales and returns as receipts, all else as goods that move. Movement types are those of your customizing. */
export const idocExample: MappingDocument = {
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
    partner: { S1: '0000001001' },
    onTheWay: { in: '558', out: '557' },
    found: { in: '701', out: '702', move: '344' },
    foundNot: { in: '702', out: '701', move: '343' },
  },
  documents: {
    sale: receipt('-'),
    return: receipt('+'),
    receipt: goods({ value: '101' }),
    transferOut: goods({ value: '641' }),
    transferIn: goods({ value: '101' }),
    transferSettled: goods({ text: '{direction}', table: 'onTheWay' }),
    handOver: goods({ value: '601' }),
    adjustment: goods(byDirection),
    variance: goods(byDirection),
    void: {
      of: {
        sale: receipt('+'),
        return: receipt('-'),
        receipt: goods({ value: '102' }),
        transferOut: goods({ value: '642' }),
        transferIn: goods({ value: '102' }),
        handOver: goods({ value: '602' }),
        adjustment: goods(byReversal),
      },
    },
  },
};

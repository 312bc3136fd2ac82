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

/**
 * Goods that move, by SAP's own movement types: 101 receipt, 641 and 101 between stores, 701 and 702 found and missing, 343 and 344 out of
 * blocked stock and into it, 321 and 322 of quality inspection, 349 and 350 between these two.
 */
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
const adjusted = { from: 'between', table: 'adjusted' } as const satisfies FieldRule;
const adjustedBack = { from: 'between', table: 'adjustedBack' } as const satisfies FieldRule;
/** By the conditions that units leave and enter; which of 343, 344 it is says which way they go. */
const ADJUSTED = {
  '/sellable': '701',
  '/damaged': '701',
  '/quarantined': '701',
  'sellable/': '702',
  'damaged/': '702',
  'quarantined/': '702',
  'sellable/damaged': '344',
  'damaged/sellable': '343',
  'sellable/quarantined': '322',
  'quarantined/sellable': '321',
  'damaged/quarantined': '349',
  'quarantined/damaged': '350',
};
const OPPOSITE: Readonly<Record<string, string>> = {
  '701': '702',
  '702': '701',
  '343': '344',
  '344': '343',
  '321': '322',
  '322': '321',
  '349': '350',
  '350': '349',
};

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
    adjusted: ADJUSTED,
    adjustedBack: Object.fromEntries(
      Object.entries(ADJUSTED).map(([between, type]) => [between, OPPOSITE[type] ?? type]),
    ),
  },
  documents: {
    sale: receipt('-'),
    return: receipt('+'),
    receipt: goods({ value: '101' }),
    transferOut: goods({ value: '641' }),
    transferIn: goods({ value: '101' }),
    transferSettled: goods({ text: '{direction}', table: 'onTheWay' }),
    handOver: goods({ value: '601' }),
    adjustment: goods(adjusted),
    variance: goods(adjusted),
    void: {
      of: {
        sale: receipt('+'),
        return: receipt('-'),
        receipt: goods({ value: '102' }),
        transferOut: goods({ value: '642' }),
        transferIn: goods({ value: '102' }),
        handOver: goods({ value: '602' }),
        adjustment: goods(adjustedBack),
      },
    },
  },
};

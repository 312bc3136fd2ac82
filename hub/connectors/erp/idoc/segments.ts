/** A segment of an IDoc type: its fields in their order with their lengths, then the segments in it in theirs. */
export interface SegmentType {
  readonly name: string;
  readonly fields: Readonly<Record<string, number>>;
  readonly isRequired?: boolean;
  readonly children?: readonly SegmentType[];
}

export interface IdocType {
  readonly message: string;
  readonly root: SegmentType;
}

const ARTICLE = { QUALARTNR: 4, ARTNR: 25 } as const;

/**
 * What of SAP Retail's POS interface is written, as the public data dictionary has it. A release or an extension may have
 * more: the setting `fields` adds them.
 */
export const IDOC_TYPES: Readonly<Record<string, IdocType>> = {
  /** Receipts, one by one. */
  WPUBON01: {
    message: 'WPUBON',
    root: {
      name: 'E1WPB01',
      isRequired: true,
      fields: {
        POSKREIS: 5,
        KASSID: 25,
        VORGDATUM: 8,
        VORGZEIT: 6,
        BONNUMMER: 15,
        QUALKDNR: 4,
        KUNDNR: 25,
        KASSIERER: 10,
        CSHNAME: 35,
        BELEGWAERS: 4,
      },
      children: [
        {
          name: 'E1WPB02',
          isRequired: true,
          fields: {
            VORGANGART: 4,
            ...ARTICLE,
            SERIENNR: 25,
            VORZEICHEN: 1,
            MENGE: 10,
            VERKAEUFER: 10,
            AKTIONSNR: 15,
            REFBONNR: 15,
          },
          children: [
            { name: 'E1WPB03', fields: { VORZEICHEN: 1, KONDITION: 4, KONDVALUE: 35 } },
            { name: 'E1WPB04', fields: { MWSKZ: 4, MWSBT: 35 } },
          ],
        },
        { name: 'E1WPB05', fields: { VORZEICHEN: 1, RABATTART: 4, RABVALUE: 35 } },
        { name: 'E1WPB06', fields: { VORZEICHEN: 1, ZAHLART: 4, SUMME: 35 } },
      ],
    },
  },
  /** Sales by article, added up. */
  WPUUMS01: {
    message: 'WPUUMS',
    root: {
      name: 'E1WPU01',
      isRequired: true,
      fields: { BELEGDATUM: 8, BELEGWAERS: 4 },
      children: [
        {
          name: 'E1WPU02',
          isRequired: true,
          fields: { ...ARTICLE, AKTIONSNR: 15, VORZMENGE: 1, UMSMENGE: 35, VORZWERT: 1, UMSWERT: 35 },
        },
      ],
    },
  },
  /** Goods that move. */
  WPUWBW01: {
    message: 'WPUWBW',
    root: {
      name: 'E1WPG01',
      isRequired: true,
      fields: { BELEGDATUM: 8, BONNUMMER: 15 },
      children: [
        {
          name: 'E1WPG02',
          isRequired: true,
          fields: {
            QUALVORG: 4,
            REFERENZNR: 25,
            ...ARTICLE,
            BEWART: 4,
            MEINH: 4,
            LIEFMENGE: 10,
            MENGE: 10,
            WAERS: 4,
            WERT: 20,
            LGORT: 4,
            LIFNR: 10,
          },
        },
      ],
    },
  },
};

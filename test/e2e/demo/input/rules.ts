/** The three stores of the demo, and by which way each hands its sales over. */
export const STORES = ['LEEDS', 'YORK', 'BATH'] as const;
export type StoreCode = (typeof STORES)[number];
export const WAYS: Readonly<Record<StoreCode, string>> = { LEEDS: 'csv drops', YORK: 'http posts', BATH: 'csv + http' };
export const STORE_NAMES: Readonly<Record<StoreCode, string>> = { LEEDS: 'Leeds', YORK: 'York', BATH: 'Bath' };

/** What the stores' keys begin with, by whatever way a document comes. */
export const KEY_PREFIX = 'uci:';
export const COUNT_PREFIX = 'count:';

/** Codes of the data set that are no goods: postage, fees, discounts, corrections, vouchers. */
export const SERVICE_SKUS: readonly string[] = [
  'POST DOT M m D S B C2 CRUK PADS AMAZONFEE gift_0001_10 gift_0001_20 gift_0001_30 gift_0001_40 gift_0001_50'.split(
    ' ',
  ),
  'BANK CHARGES',
].flat();

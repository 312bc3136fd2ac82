/** Branded ids: a number or a string that cannot be taken for another kind of id. */
type Brand<T, Name extends string> = T & { readonly [brand]: Name };
declare const brand: unique symbol;

/** A store's number at the hub. */
export type LocationNo = Brand<number, 'LocationNo'>;
/** A device's number at the hub, given at enrolment. */
export type DeviceNo = Brand<number, 'DeviceNo'>;
/** A journal's number at the hub: one epoch of one device. Ties of `at` are ordered by it. */
export type JournalNo = Brand<number, 'JournalNo'>;
/** The instant a journal was begun, ms since 1970. A journal that was lost and begun again has another. */
export type Epoch = Brand<number, 'Epoch'>;

export const locationNo = (value: number): LocationNo => whole(value, 'location number') as LocationNo;
export const deviceNo = (value: number): DeviceNo => whole(value, 'device number') as DeviceNo;
export const journalNo = (value: number): JournalNo => whole(value, 'journal number') as JournalNo;
export const epoch = (value: number): Epoch => whole(value, 'epoch') as Epoch;

function whole(value: number, what: string): number {
  if (!Number.isSafeInteger(value) || value < 0) throw new RangeError(`${what} must be a whole number, got ${value}`);
  return value;
}

import { z } from 'zod';
import { LIMITS } from './limits.ts';

/** No control characters and no half of a character: such text is one line in a log, a frame, a CSV and a terminal. */
export const PRINTABLE = /^[^\p{Cc}\p{Cs}\u2028\u2029]+$/u;

const printable = (charsMax: number) => z.string().min(1).max(charsMax).regex(PRINTABLE, 'must be printable text');

export const sku = printable(LIMITS.skuChars);
/** Idempotency key: the same act carries the same key, however often and by whatever way it is sent (F4). */
export const key = printable(LIMITS.keyChars);
/** Names a reservation: its key as text, or the hub's number of it. */
export const reservationNumber = z.int().min(1);
export const reservation = z.union([key, reservationNumber]);
/** The hub's number of a task. */
export const taskNumber = z.int().min(1);
export const text = printable(LIMITS.textChars);
/** What a channel calls a line of its order; unique in it. */
export const orderLine = printable(64);
export const storeCode = z.string().regex(/^[A-Za-z0-9][A-Za-z0-9_-]{0,31}$/, 'must be 1-32 letters, digits, - or _');

/** An instant, ms since 1970 UTC, between 2000 and 2100: outside is a broken clock or a wrong unit. */
export const instant = z.int().min(946_684_800_000).max(4_102_444_800_000);
export const units = z.int().min(1).max(LIMITS.quantityPerLine);
export const signedUnits = z
  .int()
  .min(-LIMITS.quantityPerLine)
  .max(LIMITS.quantityPerLine)
  .refine((quantity) => quantity !== 0, 'must not be zero');
/** Money in the smallest unit of its currency (cents). */
export const moneyMinor = z.int().min(0).max(LIMITS.moneyMinor);
export const currency = z.string().regex(/^[A-Z]{3}$/, 'must be an ISO 4217 code');
/** In which state units are: only sellable ones are onHand. */
export const condition = z.enum(['sellable', 'damaged', 'quarantined']);
export type Condition = z.infer<typeof condition>;

export const seq = z.int().min(1).max(Number.MAX_SAFE_INTEGER);

/** At least one line and a limit, so that one fact cannot exhaust the hub. */
export const lines = <Line extends z.ZodType>(line: Line) => z.array(line).min(1).max(LIMITS.linesPerFact);

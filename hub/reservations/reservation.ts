import { z } from 'zod';
import { sku, storeCode, text, units } from '#shared/protocol/fields.ts';

/** How long a reservation may wait for its confirmation, and how much one request may ask for. */
export const RESERVATION_LIMITS = {
  lines: 200,
  ttlSecondsDefault: 900,
  ttlSecondsMin: 5,
  ttlSecondsMax: 30 * 86_400,
} as const;

export const ttlSeconds = z.int().min(RESERVATION_LIMITS.ttlSecondsMin).max(RESERVATION_LIMITS.ttlSecondsMax);
const lineId = z.int().min(1).max(32_767);

export const reservationRequest = z
  .strictObject({
    channel: storeCode,
    /** The channel's order, for finding it again. */
    reference: text.optional(),
    /** all: every unit or none; partial: what there is. */
    mode: z.enum(['all', 'partial']).default('all'),
    ttlSeconds: ttlSeconds.default(RESERVATION_LIMITS.ttlSecondsDefault),
    lines: z
      .array(
        z.strictObject({
          line: lineId,
          sku,
          units,
          /** Only from there. */
          location: storeCode.optional(),
        }),
      )
      .min(1)
      .max(RESERVATION_LIMITS.lines),
  })
  .refine(({ lines }) => new Set(lines.map(({ line }) => line)).size === lines.length, {
    path: ['lines'],
    message: 'each line has a number of its own',
  });

/** What is to be held, under which key; validated. */
export type ReservationRequest = z.output<typeof reservationRequest> & { readonly key: string };

export type ReservationState = 'pending' | 'confirmed' | 'fulfilled' | 'released' | 'expired';

/** Units of a line at one location. */
export interface AnsweredPart {
  readonly location: string;
  readonly units: number;
}

export interface AnsweredLine {
  readonly line: number;
  readonly sku: string;
  readonly units: number;
  readonly reserved: number;
  /** What was not to be had. */
  readonly missing: number;
  readonly parts: readonly AnsweredPart[];
}

/** What a request is told: once, and again however often it comes. Instants: ms since 1970. */
export interface ReservationAnswer {
  readonly reservation: number;
  readonly key: string;
  readonly channel: string;
  readonly reference: string | null;
  readonly state: 'pending';
  readonly expiresAt: number;
  readonly lines: readonly AnsweredLine[];
}

import { z } from 'zod';
import { canonicalContent, describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FactContent } from '#shared/protocol/fact.ts';
import { currency, instant, key, lines, moneyMinor, reservation, sku, text, units } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Draft } from '#hub/ledger/append.ts';
import type { SourceSettings } from '../settings.ts';
import { locationOf } from './location.ts';

/** A fact as a source sends it: a kind of fact, or a shipment. */
export const factItem = z.strictObject({
  kind: z
    .string()
    .max(32)
    .describe('receipt, transferOut, transferIn, adjustment, count, sale, return, task, void or shipment.'),
  location: text.describe('Our code, or what the source calls it (locationNames).'),
  key: key.describe('The same act carries the same key, however often and by whatever way it is sent.'),
  correlationId: key.optional(),
  body: z
    .looseObject({})
    .describe("As the fact's kind has it: shared/protocol/facts; of a shipment: reference, lines."),
});

/**
 * Units that left a warehouse for a customer, told by one who knows of no prices. It becomes a sale; without a price of its own a
 * line has 0.
 */
const shipment = z.strictObject({
  occurredAt: instant.optional(),
  reference: text,
  currency: currency.optional(),
  lines: lines(
    z.strictObject({
      sku,
      quantity: units,
      unitPriceMinor: moneyMinor.optional(),
      reservation: reservation.optional(),
    }),
  ),
});

/** What reading an item needs to know. */
export interface ReadingParts {
  readonly code: string;
  readonly settings: SourceSettings;
  /** ms since 1970. */
  readonly now: number;
}

/** A fact in its location, not in a journal yet. */
export interface ReadItem {
  /** Our code; whether there is such a location is not known here. */
  readonly location: string;
  /** As the source has it. */
  readonly key: string;
  readonly draft: Draft;
}

/** Throws INBOUND_INVALID, INBOUND_LOCATION_UNKNOWN, INBOUND_LOCATION_FORBIDDEN, FACT_INVALID, FACT_KIND_UNKNOWN, FACT_TOO_LARGE. */
export function readFactItem(given: unknown, parts: ReadingParts): ReadItem {
  const parsed = factItem.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('INBOUND_INVALID', describeIssues(parsed.error));
  const { kind, location, key, correlationId, body } = parsed.data;
  const { settings, code, now } = parts;
  const prefix = settings.sharedKeys ? '' : `${code}:`;
  const ownKey = prefixed(prefix, key);
  const content =
    kind === 'shipment' ? shipmentContent(body, settings) : canonicalContent(kind, named(kind, body, prefix));
  const draft: Draft = {
    ...content,
    at: Math.min(occurredAt(content.content) ?? now, now),
    offsetMs: 0,
    key: ownKey,
    correlationId: correlationId ?? ownKey,
    source: `inbound:${code}`,
  };
  return { location: locationOf(settings, location), key, draft };
}

/** Facts name others of the same source by its own keys. */
function named(kind: string, body: Record<string, unknown>, prefix: string): Record<string, unknown> {
  const field = { void: 'voids', return: 'sale' }[kind];
  const value = field === undefined ? undefined : body[field];
  return field === undefined || typeof value !== 'string' ? body : { ...body, [field]: prefixed(prefix, value) };
}

function prefixed(prefix: string, key: string): string {
  if (prefix.length + key.length <= LIMITS.keyChars) return prefix + key;
  throw new ShelfwireError('INBOUND_INVALID', `key: at most ${LIMITS.keyChars - prefix.length} characters`);
}

function shipmentContent(body: unknown, settings: SourceSettings): ReturnType<typeof canonicalContent> {
  const parsed = shipment.safeParse(body);
  if (!parsed.success) throw new ShelfwireError('FACT_INVALID', describeIssues(parsed.error));
  const { occurredAt, reference, lines, currency = settings.currency } = parsed.data;
  if (currency === null) {
    throw new ShelfwireError('FACT_INVALID', 'currency: is needed where the settings of the source have none');
  }
  return canonicalContent('sale', {
    ...(occurredAt !== undefined && { occurredAt }),
    receiptNo: reference,
    currency,
    lines: lines.map((line) => ({ ...line, unitPriceMinor: line.unitPriceMinor ?? 0 })),
  });
}

/** The source's own time: it tells of what has happened, so a later one than now is its clock's mistake (S5). */
function occurredAt({ body }: FactContent): number | undefined {
  return 'occurredAt' in body ? body.occurredAt : undefined;
}

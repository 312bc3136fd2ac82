import { hash } from 'node:crypto';
import { z } from 'zod';
import {
  currency,
  key,
  moneyMinor,
  orderLine as lineId,
  sku,
  storeCode,
  text,
  units,
} from '#shared/protocol/fields.ts';
import { contact } from './contact.ts';

/** Sizes of an order beyond those of its fields (X2). */
export const ORDER_LIMITS = { lines: 500, instantMax: Date.UTC(2100, 0) } as const;

const instant = z.iso
  .datetime({ offset: true, message: 'must be an instant like 2026-01-31T18:00:00Z' })
  .refine((text) => Date.parse(text) < ORDER_LIMITS.instantMax, 'must be before 2100')
  // One spelling, so that the same instant with another offset is the same order.
  .transform((text) => new Date(text).toISOString());

/** Units of a line that the channel wants us to give. */
export const wantedOf = ({ units, calledOff = 0 }: Pick<OrderLine, 'units' | 'calledOff'>): number => units - calledOff;

/** What a channel has sold by an order, as far as it wants it still. */
export const soldBy = ({ channel, lines }: OrderContent): Pick<OrderContent, 'channel' | 'lines'> => ({
  channel,
  lines: lines.flatMap((line) => (wantedOf(line) === 0 ? [] : [{ ...line, units: wantedOf(line) }])),
});

/** Whether a store may give another product of its choice for units that it does not have. Absent: not. */
export const SUBSTITUTIONS = ['none', 'store'] as const;
const substitution = z.enum(SUBSTITUTIONS).optional();

const line = z
  .strictObject({
    // Lines are fields of what is kept by line.
    line: lineId.refine((name) => !(name in {}), 'must not be the name of something that every object has'),
    /** Ours, or what the channel calls it: exactly one of both. */
    sku: sku.optional(),
    channelSku: text.optional(),
    units,
    /** Of one unit. */
    priceMinor: moneyMinor,
    /** Of the whole line, as is the tax. */
    discountMinor: moneyMinor.default(0),
    taxMinor: moneyMinor.default(0),
    /** Absent: as the order says. */
    substitution,
    /**
     * Of `units`, those that were taken out again at the channel; absent: none. The line's money is still that of all units:
     * what becomes of theirs is the channel's.
     */
    calledOff: units.optional(),
  })
  .refine(({ units, calledOff = 0 }) => calledOff <= units, {
    message: 'must not be more than units',
    path: ['calledOff'],
  })
  .refine((line) => (line.sku === undefined) !== (line.channelSku === undefined), {
    message: 'exactly one of sku and channelSku must be given',
    path: ['sku'],
  });

/** Roughly a kilometre: enough to choose a near store by, too coarse for a door. */
const degrees = (most: number) =>
  z
    .number()
    .min(-most)
    .max(most)
    .refine((value) => Math.abs(value * 100 - Math.round(value * 100)) < 1e-6, 'must have two decimals at most');

const delivery = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('ship'),
    country: z.string().regex(/^[A-Z]{2}$/, 'must be an ISO 3166 code of two letters'),
    near: z.strictObject({ latitude: degrees(90), longitude: degrees(180) }).optional(),
  }),
  z.strictObject({ kind: z.literal('collect'), store: storeCode }),
]);

/** Lanes from the most urgent on: what is promised for today, what a marketplace measures us by, all else. */
export const LANES = ['sameDay', 'marketplace', 'standard'] as const;
export type Lane = (typeof LANES)[number];

const whole = z.strictObject({
  channel: storeCode,
  channelOrderId: key,
  orderedAt: instant,
  currency,
  /** Whether prices contain the tax that is named. */
  taxIncluded: z.boolean(),
  lines: z
    .array(line)
    .min(1)
    .max(ORDER_LIMITS.lines)
    .refine((lines) => new Set(lines.map(({ line }) => line)).size === lines.length, 'each line id once'),
  shipping: z
    .strictObject({ priceMinor: moneyMinor, discountMinor: moneyMinor.default(0), taxMinor: moneyMinor.default(0) })
    .default({ priceMinor: 0, discountMinor: 0, taxMinor: 0 }),
  totalMinor: moneyMinor,
  /** `onHandover`: the customer pays when the goods change hands. */
  payment: z.enum(['pending', 'paid', 'onHandover']),
  delivery,
  promise: z.strictObject({ lane: z.enum(LANES), by: instant.optional() }).default({ lane: 'standard' }),
  /** Whether the channel takes a part of what was ordered. */
  partial: z.boolean().default(false),
  /** What becomes of units that are not to be had: they are cancelled, or the order waits for them. */
  onUnavailable: z.enum(['cancel', 'wait']).default('cancel'),
  substitution,
  customer: z.strictObject({
    /** The channel's own name for the customer; by it personal data is exported and erased. */
    reference: text.max(128),
    contact: contact.optional(),
  }),
});

/** An order in the one form that every channel's orders are brought into. */
export const canonicalOrder = whole.superRefine(({ delivery, customer }, context) => {
  const more = Object.keys(customer.contact ?? {}).filter((field) => field !== 'name');
  if (delivery.kind !== 'collect' || more.length === 0) return;
  const message = `only a name is kept of who collects: leave ${more.join(', ')} away`;
  context.addIssue({ code: 'custom', message, path: ['customer', 'contact', more[0] ?? ''] });
});

type Whole = z.output<typeof canonicalOrder>;
export type OrderLine = Whole['lines'][number];
export type Payment = Whole['payment'];

/** What is kept for good. Who ordered is kept apart, and the payment changes. */
export const orderContent = whole.omit({ payment: true, customer: true });
export type OrderContent = z.output<typeof orderContent>;

/** Whether a store may give something else for a line. The price stays the line's whatever it gives. */
export function takesSubstitute({ lines, substitution }: OrderContent, line: string): boolean {
  const own = lines.find((one) => one.line === line);
  return own !== undefined && (own.substitution ?? substitution) === 'store';
}

/** Who ordered: personal data, the channel's name for the customer included. */
export type Customer = Whole['customer'];

/** An order that was read, in the parts that are kept apart, with the digests by which a second one is held against it. */
export interface ReadOrder {
  readonly content: OrderContent;
  readonly digest: Buffer;
  readonly payment: Payment;
  readonly customer: Customer;
  readonly customerDigest: Buffer;
}

export function splitOrder({ payment, customer, ...content }: Whole): ReadOrder {
  return { content, digest: digestOf(content), payment, customer, customerDigest: digestOf(customer) };
}

/** Both come out of their schemas, which give the fields in one order. */
const digestOf = (value: unknown): Buffer => hash('sha256', JSON.stringify(value), 'buffer');

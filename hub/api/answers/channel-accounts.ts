import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { natural, shownInstant } from './fields.ts';

const channelError = z.strictObject({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  remedy: z.string(),
});

export const accountShown = z
  .strictObject({
    account: natural,
    channel: z.string(),
    kind: z.string(),
    name: z.string(),
    baseUrl: z.string(),
    settings: z.unknown(),
    state: z.enum(['active', 'paused', 'ended']),
    dryRun: z.boolean(),
    createdAt: shownInstant,
    createdBy: z.string(),
    credentials: natural.describe('How often they were set: they themselves are never shown.'),
    failures: natural.describe('Calls in a row that failed as a whole; `error` is of the last one.'),
    error: channelError.nullable(),
    answeredAt: shownInstant.nullable().describe('When it answered again after failures.'),
    nextAttemptAt: shownInstant.nullable().describe('While nothing is called after a failure.'),
    ordersKnownTo: shownInstant
      .nullable()
      .describe('Every order that was placed there before has been seen; null: they are not asked for.'),
    listings: natural,
    waiting: natural.describe('Listings that do not say yet what they shall, as far as we know.'),
    parked: natural.describe('Listings that were set aside: GET /v1/publications?state=parked says why.'),
    inFlight: natural.describe('Units that it has sold in orders that are not known yet.'),
    ordersAside: natural.describe('Orders that could not be taken and are for people: GET /v1/untaken-orders.'),
  })
  .meta({ id: 'ChannelAccount' });

const untaken = z.strictObject({
  account: natural,
  channel: z.string(),
  order: z.string().describe('What the channel calls it; `unnamed ...`: that could not be read either.'),
  state: z.enum(['waiting', 'aside', 'dismissed']).describe('`waiting`: it is tried again; `aside`: it is for people.'),
  error: channelError,
  tries: natural,
  hintedAt: shownInstant.describe('When it was told of last.'),
  asideAt: shownInstant.nullable(),
  nextAttemptAt: shownInstant.nullable().describe('null: nothing looks at it unless it changes at its channel.'),
  lines: z
    .array(z.strictObject({ sku: z.string().optional(), channelSku: z.string().optional(), units: natural }))
    .nullable()
    .describe('What could be read of its lines: its channel may have sold more.'),
  held: z
    .array(z.strictObject({ line: z.string(), sku: z.string().nullable(), units: natural, held: natural }))
    .nullable()
    .describe('What is kept for it of these; null: nothing yet, or it is known and has its own.'),
  isKnown: z.boolean().describe('It was taken before, and has changed since.'),
  dismissed: z.strictObject({ at: shownInstant, by: z.string(), note: z.string() }).nullable(),
});
export const untakenShown = untaken.meta({ id: 'UntakenOrder' });
export const untakenWhole = untaken
  .extend({ content: z.string().nullable().describe('As it came; null: it did not, or was erased after 90 days.') })
  .meta({ id: 'UntakenOrderAsItCame' });

const explained = z.strictObject({
  desired: natural,
  inFlight: natural,
  notHeld: natural.describe('Units of known orders that no stock was held for at that moment.'),
  availabilityAt: shownInstant,
  explain: z.string().describe('Where `desired` came from, fact by fact.'),
});

/** A call that carried a listing. */
export const publishShown = z
  .strictObject({
    number: natural.describe('Of the call. Calls of an account are numbered as they were begun.'),
    shape: z.string(),
    begunAt: shownInstant,
    endedAt: shownInstant.nullable(),
    quantity: natural.describe('What was sent.'),
    changeFrom: natural
      .nullable()
      .describe('What the channel was believed to say; null: not known, or not settled yet.'),
    outcome: z
      .enum(['underWay', 'taken', 'accepted', 'stale', 'again', 'refused', 'apart', 'doubt'])
      .describe(
        '`apart`: the call was refused as a whole and is sent in parts; `doubt`: it was read what became of it.',
      ),
    error: channelError.nullable(),
    explained,
  })
  .meta({ id: 'Publish' });

export const publicationShown = z
  .strictObject({
    account: natural,
    channel: z.string(),
    channelSku: z.string(),
    sku: z.string(),
    listed: z.boolean().describe('false: the rules list it no more, and it goes when its channel says 0.'),
    desired: natural.describe('What the channel may sell.'),
    desiredAt: shownInstant.describe('Of which instant that number is.'),
    confirmed: natural.nullable().describe('What the channel is known to say; null: not known yet.'),
    confirmedAt: shownInstant.nullable(),
    inFlight: natural.describe('Units that the channel has sold in orders that are not known yet: not offered again.'),
    state: z.enum(['equal', 'waiting', 'underWay', 'parked']),
    urgency: z.number().describe('0 to 2: the chance of selling out, and 1 more where the channel says too much.'),
    waitsSince: shownInstant.nullable(),
    nextAttemptAt: shownInstant.nullable(),
    attempts: natural,
    error: channelError.nullable(),
    readAt: shownInstant.nullable().describe('When it was last known from the channel itself what it says.'),
    drift: z
      .strictObject({ units: z.int(), at: shownInstant })
      .nullable()
      .describe('By how much the channel last differed for no known reason.'),
    explained: explained.nullable().describe('What the last number that was sent and taken was worked out from.'),
  })
  .meta({ id: 'Publication' });

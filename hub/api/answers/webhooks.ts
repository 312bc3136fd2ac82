import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { RECEIVER_KINDS } from '#hub/outbox/claim.ts';
import { messageForm } from '#hub/outbox/cloud-events.ts';
import { natural, shownInstant } from './fields.ts';

/** Why a message was not delivered, with its remedy. */
const deliveryError = z.strictObject({
  code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
  detail: z.string(),
  remedy: z.string(),
});

export const webhookShown = z
  .strictObject({
    webhook: natural,
    kind: z.enum(RECEIVER_KINDS).describe('nats: of the NATS that the hub is run with.'),
    name: z.string(),
    url: z.string(),
    form: messageForm.describe('What messages look like.'),
    eventTypes: z.array(z.string()),
    state: z.enum(['active', 'paused', 'ended']),
    createdAt: shownInstant,
    createdBy: z.string(),
    sequence: natural.describe('Of the last message that was begun.'),
    waits: z.boolean().describe('Whether something is to be sent.'),
    failures: natural.describe('Attempts in a row that failed; `error` is of the last one.'),
    error: deliveryError.nullable(),
    deliveredAt: shownInstant.nullable(),
    nextAttemptAt: shownInstant.nullable().describe('While a failed message waits.'),
  })
  .meta({ id: 'Webhook' });

export const webhookMade = z.strictObject({
  ...webhookShown.shape,
  secret: z.string().describe('What messages are signed with, as Standard Webhooks write it. It is shown only here.'),
});

const entry = {
  entry: natural,
  webhook: natural,
  id: z.string().describe('The webhook-id that it is sent under, also when it is sent again.'),
  type: z.string(),
  data: z.looseObject({}),
  correlationId: z.string(),
  occurredAt: shownInstant,
  attempts: natural,
};

export const deadLetter = z
  .strictObject({ ...entry, error: deliveryError, diedAt: shownInstant })
  .meta({ id: 'WebhookDeadLetter' });
export const replayedLetter = z.strictObject(entry);

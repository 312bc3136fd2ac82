import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { PRINTABLE, text } from '#shared/protocol/fields.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { messageForm } from '#hub/outbox/cloud-events.ts';
import { eventTypeName } from '#hub/outbox/event-types.ts';
import { URL_CHARS_MAX } from '#hub/outbox/target.ts';
import type { DeliveryError, Webhook, WebhookMade, Webhooks } from '#hub/outbox/webhooks.ts';
import { pageAnswer } from './answers/fields.ts';
import { webhookMade, webhookShown } from './answers/webhooks.ts';
import { isoTime, isoTimeOrNull } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';

/** In an address. */
export const webhookNumber = z
  .string()
  .regex(/^[1-9]\d{0,8}$/, 'must be the number of a webhook')
  .transform(Number);
const one = z.strictObject({ webhook: webhookNumber });

const request = z.strictObject({
  name: text.describe('What it is for.'),
  url: z
    .string()
    .min(1)
    .max(URL_CHARS_MAX)
    .regex(PRINTABLE, 'must be printable text')
    .describe('Where messages are sent by POST: https, on the public network.'),
  eventTypes: z.array(eventTypeName).min(1).max(eventTypeName.options.length),
  form: messageForm
    .default('standard')
    .describe('What messages look like, for good: our own form, or CloudEvents 1.0 in structured or in binary mode.'),
});
const rotation = z.strictObject({
  overlapHours: z.int().min(0).max(168).default(24).describe('For so long messages are signed with both secrets.'),
});
const nothing = z.strictObject({});

/** /v1/webhooks: who is told of events. */
export function webhookRoutes(webhooks: Webhooks, clock: Clock): Route[] {
  const act = (name: 'pause' | 'resume' | 'end', summary: string): Route =>
    route({
      method: 'post',
      path: `/v1/webhooks/:webhook/${name}`,
      access: 'webhooks:write',
      summary,
      params: one,
      body: nothing,
      answer: webhookShown,
      problems: name === 'end' ? ['NOT_FOUND'] : ['NOT_FOUND', 'WEBHOOK_ENDED'],
      async handle({ params, caller, log }) {
        const webhook = await webhooks[name](params.webhook);
        log.info({ webhook: params.webhook, by: caller?.name, act: name }, 'a webhook was changed');
        return { body: toShown(webhook) };
      },
    });
  return [
    route({
      method: 'post',
      path: '/v1/webhooks',
      access: 'webhooks:write',
      idempotencyKey: 'required',
      summary: 'Makes a webhook, which is told of what happens from now on. Its secret is shown only here.',
      body: request,
      answer: webhookMade,
      statuses: [201],
      problems: ['WEBHOOK_URL_FORBIDDEN', 'WEBHOOK_LIMIT'],
      async handle({ body, caller, keep, log }) {
        const made = await webhooks.create(body, caller?.name ?? 'nobody', (client, made) =>
          keep(client, created(made)),
        );
        log.info({ webhook: made.webhook.webhook, host: URL.parse(body.url)?.host }, 'a webhook was made');
        return created(made);
      },
    }),
    route({
      method: 'get',
      path: '/v1/webhooks',
      access: 'webhooks:read',
      summary: 'All webhooks, those that were ended too: how each of them fares.',
      query: z.strictObject(pageQuery),
      answer: pageAnswer(webhookShown),
      async handle({ query }) {
        const after = readCursor(query.cursor, z.int32()) ?? 0;
        const rows = await webhooks.list(after, query.limit + 1);
        return { body: pageOf(rows, query.limit, toShown, (row) => row.webhook) };
      },
    }),
    route({
      method: 'get',
      path: '/v1/webhooks/:webhook',
      access: 'webhooks:read',
      summary: 'One webhook.',
      params: one,
      answer: webhookShown,
      problems: ['NOT_FOUND'],
      handle: async ({ params }) => ({ body: toShown(await webhooks.find(params.webhook)) }),
    }),
    route({
      method: 'post',
      path: '/v1/webhooks/:webhook/rotate-secret',
      access: 'webhooks:write',
      idempotencyKey: 'required',
      summary: 'Makes another secret, shown only here; until the overlap ends the one before is in force too.',
      params: one,
      body: rotation,
      answer: webhookMade,
      problems: ['NOT_FOUND', 'WEBHOOK_ENDED', 'CONFLICT'],
      async handle({ params, body, keep, log }) {
        const made = await webhooks.rotateSecret(params.webhook, body.overlapHours, (client, made) =>
          keep(client, { body: withSecret(made) }),
        );
        log.info({ webhook: params.webhook }, 'a webhook has another secret');
        return { body: withSecret(made) };
      },
    }),
    act('pause', 'Sends nothing until it is resumed; what happens meanwhile waits.'),
    act('resume', 'Sends again, at once.'),
    act('end', 'Ends it for good; what was not delivered is listed as dead letters.'),
    route({
      method: 'post',
      path: '/v1/webhooks/:webhook/ping',
      access: 'webhooks:write',
      idempotencyKey: 'required',
      summary: 'Sends a message of type webhook.ping, to try it.',
      params: one,
      body: nothing,
      answer: webhookShown,
      statuses: [202],
      problems: ['NOT_FOUND', 'WEBHOOK_ENDED'],
      async handle({ params, caller, correlationId, keep }) {
        const asked = { by: caller?.name ?? 'nobody', correlationId, now: clock.now() };
        const answer = (webhook: Webhook) => ({ status: 202, body: toShown(webhook) });
        return answer(await webhooks.ping(params.webhook, asked, (client, webhook) => keep(client, answer(webhook))));
      },
    }),
  ];
}

function created(made: WebhookMade) {
  return { status: 201, headers: { Location: `/v1/webhooks/${made.webhook.webhook}` }, body: withSecret(made) };
}

function withSecret({ webhook, secret }: WebhookMade) {
  return { ...toShown(webhook), secret };
}

function toShown({ createdAt, deliveredAt, nextAt, error, ...webhook }: Webhook) {
  return {
    ...webhook,
    error: error && toError(error),
    createdAt: isoTime(createdAt),
    deliveredAt: isoTimeOrNull(deliveredAt),
    nextAttemptAt: webhook.failures > 0 ? isoTime(nextAt) : null,
  };
}

/** What was written down by an older version may have a code that is gone. */
export function toError({ code, detail }: DeliveryError) {
  const known: ErrorCode = code in ERRORS ? (code as ErrorCode) : 'INTERNAL';
  return { code: known, detail, remedy: ERRORS[known].remedy };
}

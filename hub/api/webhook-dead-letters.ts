import type { Pool } from 'pg';
import { z } from 'zod';
import { listDeadLetters, replayDeadLetter, type DeadLetter, type Replayed } from '#hub/outbox/dead-letters.ts';
import { pageAnswer } from './answers/fields.ts';
import { deadLetter, replayedLetter } from './answers/webhooks.ts';
import { isoTime } from './instant.ts';
import { pageOf, pageQuery, readCursor } from './page.ts';
import { route, type Route } from './route.ts';
import { toError, webhookNumber } from './webhooks.ts';

const entryNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of an entry')
  .transform(Number);

/** /v1/webhook-dead-letters: messages that no attempt has delivered. */
export function webhookDeadLetterRoutes(pool: Pool): Route[] {
  return [
    route({
      method: 'get',
      path: '/v1/webhook-dead-letters',
      access: 'webhooks:read',
      summary: 'Messages that were set aside, the oldest first, each with its reason.',
      query: z.strictObject({ ...pageQuery, webhook: webhookNumber.optional() }),
      answer: pageAnswer(deadLetter),
      async handle({ query }) {
        const after = readCursor(query.cursor, z.int().min(0)) ?? 0;
        const rows = await listDeadLetters(pool, { webhook: query.webhook, after, limit: query.limit + 1 });
        return { body: pageOf(rows, query.limit, toDeadLetter, (row) => row.entry) };
      },
    }),
    route({
      method: 'post',
      path: '/v1/webhook-dead-letters/:entry/replay',
      access: 'webhooks:write',
      summary: 'Sends it again under the same webhook-id; of numbers only those that nothing newer was sent of since.',
      params: z.strictObject({ entry: entryNumber }),
      answer: replayedLetter,
      statuses: [202],
      problems: ['NOT_FOUND', 'CONFLICT', 'WEBHOOK_ENDED', 'WEBHOOK_SUPERSEDED'],
      async handle({ params, keep, log }) {
        const answer = (replayed: Replayed) => ({ status: 202, body: toReplayed(replayed) });
        const replayed = await replayDeadLetter(pool, params.entry, (client, replayed) =>
          keep(client, answer(replayed)),
        );
        log.info({ webhook: replayed.webhook, message: replayed.id }, 'a dead letter is sent again');
        return answer(replayed);
      },
    }),
  ];
}

function toReplayed({ entry, webhook, id, type, data, correlationId, occurredAt, attempts }: Replayed) {
  const shown = { entry, webhook, id, type, correlationId, occurredAt: isoTime(occurredAt), attempts };
  return { ...shown, data: data as Record<string, unknown> };
}

function toDeadLetter(letter: DeadLetter) {
  return { ...toReplayed(letter), error: toError(letter.error), diedAt: isoTime(letter.endedAt) };
}

import { z } from 'zod';
import type { ChannelRequest } from '#hub/connectors/connector.ts';
import { accountNumber } from './channel-accounts.ts';
import { route, type Route } from './route.ts';

/** What takes webhooks of channels; gives whether one was new. */
export type ReceiveWebhook = (account: number, request: ChannelRequest, correlationId: string) => Promise<boolean>;

const BODY_BYTES_MAX = 1024 * 1024;

/** POST /v1/channel-webhooks/:account: what channels tell. No key opens it: what is not signed as the channel signs is refused (X1). */
export function channelWebhookRoutes(receive: ReceiveWebhook): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/channel-webhooks/:account',
      access: 'open',
      summary:
        'For channels: a webhook, its body as its kind has it and signs it. Taken once, however often it is sent.',
      params: z.strictObject({ account: accountNumber }),
      rawBody: true,
      bodyBytesMax: BODY_BYTES_MAX,
      answer: z.strictObject({ isNew: z.boolean() }),
      problems: [
        'CHANNEL_SIGNATURE_INVALID',
        'CHANNEL_MESSAGE_INVALID',
        'CHANNEL_KEY_MISSING',
        'CHANNEL_ORDER_UNREADABLE',
        'ORDER_TOTALS',
      ],
      idempotencyKey: 'none',
      async handle({ params: { account }, headers, raw, correlationId }) {
        return { body: { isNew: await receive(account, { headers, body: raw }, correlationId) } };
      },
    }),
  ];
}

import { enrolAnswer, enrolRequest } from '#shared/protocol/messages/enrol.ts';
import { route, type Route } from './route.ts';
import type { SyncPort } from './sync-port.ts';

/** POST /v1/enrol: the one-time token in the body is the credential, and tells a repeated request from another. */
export function enrolRoutes(sync: SyncPort): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/enrol',
      access: 'open',
      guarded: true,
      idempotencyKey: 'none',
      summary: 'Exchanges a one-time token for the registration of a device key.',
      body: enrolRequest,
      answer: enrolAnswer,
      statuses: [201],
      problems: ['TOKEN_INVALID', 'TOKEN_USED', 'TOKEN_EXPIRED', 'STORE_DIFFERS', 'CONFLICT', 'RATE_LIMITED'],
      async handle({ body, log }) {
        const answer = await sync.enrol(body);
        log.info({ device: answer.device, store: answer.store.code }, 'a device was enrolled');
        return { status: 201, body: answer };
      },
    }),
  ];
}

import { z } from 'zod';
import { storeCode, text } from '#shared/protocol/fields.ts';
import { shownInstant } from './answers/fields.ts';
import { isoTime } from './instant.ts';
import { route, type Route } from './route.ts';
import type { SyncPort } from './sync-port.ts';

const HOUR_MS = 3_600_000;

/** One-time tokens of a store, and the end of a device's credential. */
export function storeCredentialRoutes(sync: SyncPort): Route[] {
  return [
    route({
      method: 'post',
      path: '/v1/stores/:code/tokens',
      access: 'stores:write',
      // Run again after a crash it makes another token; the one that nobody saw expires.
      idempotencyKey: 'required',
      summary: 'Makes a one-time enrolment token for a device of this store. It is shown only once.',
      params: z.strictObject({ code: storeCode }),
      body: z.strictObject({ ttlHours: z.int().min(1).max(720).default(24) }),
      answer: z.strictObject({ token: z.string(), store: z.string(), expiresAt: shownInstant }),
      statuses: [201],
      problems: ['NOT_FOUND'],
      async handle({ params, body }) {
        const { token, expiresAt } = await sync.createToken(params.code, body.ttlHours * HOUR_MS);
        const made = { token, store: params.code, expiresAt: isoTime(expiresAt) };
        return { status: 201, headers: { 'Cache-Control': 'no-store' }, body: made };
      },
    }),
    route({
      method: 'post',
      path: '/v1/devices/:device/revoke',
      access: 'stores:write',
      summary: 'Ends the credential of a device at once. What it has sent stays.',
      params: z.strictObject({
        device: z
          .string()
          .regex(/^[1-9]\d{0,9}$/, 'must be a device number')
          .transform(Number)
          .refine((device) => device <= 2_147_483_647, 'must be a device number'),
      }),
      body: z.strictObject({ reason: text }),
      answer: z.strictObject({ device: z.int(), revoked: z.literal(true) }),
      problems: ['NOT_FOUND'],
      async handle({ params, body, log }) {
        await sync.revokeDevice(params.device, body.reason);
        log.warn({ device: params.device, reason: body.reason }, 'a device was revoked');
        return { body: { device: params.device, revoked: true as const } };
      },
    }),
  ];
}

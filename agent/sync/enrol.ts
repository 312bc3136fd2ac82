import { z } from 'zod';
import type { Device, Identity } from '#agent/store/device.ts';
import { ERRORS, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { enrolAnswer, enrolRequest, type EnrolAnswer } from '#shared/protocol/messages/enrol.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { adoptDeviceKey, nextDeviceKey } from './device-key.ts';

const LIMIT_MS = 30_000;
const ANSWER_CHARS_MAX = 64 * 1024;

const problem = z.object({ code: z.string(), detail: z.string().optional() });

export interface EnrolOptions {
  readonly hubUrl: string;
  readonly token: string;
  readonly deviceName: string;
  /** The agent's data folder, where the key is kept. */
  readonly folder: string;
  readonly device: Pick<Device, 'state' | 'update'>;
  readonly clock: Clock;
  /** Enrol again although this folder belongs to a device: after it was revoked, or for another hub. Never for another store. */
  readonly again?: boolean;
  readonly fetch?: typeof globalThis.fetch;
}

/**
 * Exchanges a one-time token for the registration of this device. The key is on disk before it is sent; after a lost answer
 * the same call succeeds with the same token. Facts that were journaled before are kept and sent afterwards; what a hub has said before is
 * dropped at the next opening, and asked for anew.
 * Errors: ALREADY_ENROLLED, REQUEST_INVALID, HUB_UNREACHABLE, STORE_DIFFERS, and what the hub says (TOKEN_INVALID, TOKEN_USED,
 * TOKEN_EXPIRED).
 */
export async function enrol(options: EnrolOptions): Promise<Identity> {
  const { hubUrl, token, deviceName, folder, device, clock } = options;
  const known = device.state.identity;
  if (known && !options.again) {
    throw new ShelfwireError('ALREADY_ENROLLED', `This is device ${known.device} of store ${known.store.code}.`);
  }
  const key = nextDeviceKey(folder);
  const request = enrolRequest.safeParse({ token, publicKey: key.publicKey, deviceName, store: known?.store.code });
  if (!request.success) {
    const [issue] = request.error.issues;
    throw new ShelfwireError('REQUEST_INVALID', `${issue?.path.join('.') ?? ''}: ${issue?.message ?? ''}`);
  }
  const answer = await ask(new URL('/v1/enrol', hubUrl), request.data, options.fetch ?? globalThis.fetch);
  const { device: number, store } = answer;
  // The hub has been told which store it must be, before the token was spent. One that has not looked must not be believed.
  if (known && store.code !== known.store.code) {
    throw new ShelfwireError(
      'STORE_DIFFERS',
      `This folder is of store ${known.store.code}, the token of ${store.code}.`,
    );
  }
  const identity = { device: number, store, hubUrl, deviceName, enrolledAt: Math.round(clock.now()) };
  adoptDeviceKey(folder);
  // Of one write, so that no kill comes between: what an earlier hub or device was told is not what this one is told.
  await device.update({ identity, hasEarlierDocuments: true });
  return identity;
}

async function ask(url: URL, request: object, fetch: typeof globalThis.fetch): Promise<EnrolAnswer> {
  let status: number;
  let text: string;
  try {
    const response = await fetch(url, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(request),
      signal: AbortSignal.timeout(LIMIT_MS),
    });
    status = response.status;
    text = (await response.text()).slice(0, ANSWER_CHARS_MAX);
  } catch (cause) {
    throw new ShelfwireError('HUB_UNREACHABLE', `${url.origin} does not answer.`, {
      cause,
      context: { url: url.href },
    });
  }
  const body = parseJson(text);
  const answer = enrolAnswer.safeParse(body);
  if (status < 300 && answer.success) return answer.data;
  const said = problem.safeParse(body);
  if (said.success && Object.hasOwn(ERRORS, said.data.code)) {
    throw new ShelfwireError(said.data.code as ErrorCode, said.data.detail ?? `The hub answered ${status}.`);
  }
  throw new ShelfwireError('HUB_UNREACHABLE', `${url.origin} answered ${status} and nothing that a hub would say.`);
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

import { request as requestHttp } from 'node:http';
import { request as requestHttps } from 'node:https';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { EventFailure } from '#hub/outbox/end-attempts.ts';
import { retryAfterMs } from '#hub/outbox/retries.ts';
import { guardedLookup, requireTarget } from '#hub/outbox/target.ts';

/** Of an answer no more is read: only its status counts. */
const ANSWER_BYTES_MAX = 64 * 1024;

export interface Sent {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

export interface SendOptions {
  readonly toPrivate: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The hub stops: what became of the message is not known. */
  readonly signal: AbortSignal;
}

/** One attempt: undefined when the receiver has taken the message. Redirects are not followed: they could lead anywhere. */
export function send({ url, headers, body }: Sent, options: SendOptions): Promise<EventFailure | undefined> {
  const { toPrivate, timeoutMs, clock, signal } = options;
  return new Promise((resolve) => {
    let target: URL;
    try {
      // What was allowed when it was made may not be any more.
      target = requireTarget(url, { toPrivate });
    } catch (error) {
      resolve({ code: 'WEBHOOK_URL_FORBIDDEN', detail: toWireError(error).detail });
      return;
    }
    let status: number | undefined;
    let asked: string | undefined;
    const isSecure = target.protocol === 'https:';
    const request = (isSecure ? requestHttps : requestHttp)(target, {
      method: 'POST',
      agent: false,
      signal,
      headers: { ...headers, 'user-agent': 'shelfwire' },
      ...(!toPrivate && { lookup: guardedLookup }),
    });
    const end = (failure: EventFailure | undefined): void => {
      cancel();
      request.destroy();
      resolve(failure);
    };
    const answered = (): void => end(failureOf(status, asked, clock.now()));
    const cancel = clock.after(timeoutMs, () => {
      if (status !== undefined) answered();
      else end({ code: 'WEBHOOK_TIMEOUT', detail: `There was no answer within ${timeoutMs} ms.` });
    });
    request.on('response', (response) => {
      status = response.statusCode;
      asked = response.headers['retry-after'];
      let bytes = 0;
      response.on('data', (chunk: Buffer) => {
        bytes += chunk.length;
        if (bytes > ANSWER_BYTES_MAX) answered();
      });
      response.on('end', answered);
      response.on('close', answered);
      response.on('error', answered);
    });
    request.on('error', (error) => {
      if (status !== undefined) answered();
      else end(unreachable(error));
    });
    request.end(body);
  });
}

function failureOf(status = 0, asked: string | undefined, now: number): EventFailure | undefined {
  if (status >= 200 && status < 300) return undefined;
  if (status === 410) {
    return { code: 'WEBHOOK_GONE', detail: 'The receiver answered 410: it is gone for good.', receiver: 'gone' };
  }
  const waitMs = retryAfterMs(asked, now);
  const detail = `The receiver answered ${status}${status >= 300 && status < 400 ? ', and redirects are not followed' : ''}.`;
  return { code: 'WEBHOOK_REFUSED', detail, ...(waitMs !== undefined && { retryAfterMs: waitMs }) };
}

function unreachable(error: Error & { code?: unknown }): EventFailure {
  if (error instanceof ShelfwireError) return { code: 'WEBHOOK_URL_FORBIDDEN', detail: error.message };
  const name = typeof error.code === 'string' ? error.code : 'the connection failed';
  return { code: 'WEBHOOK_UNREACHABLE', detail: `The receiver cannot be reached: ${name}.` };
}

import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { promisify } from 'node:util';
import { gunzip } from 'node:zlib';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { guardedLookup, requireTarget } from '#hub/outbox/target.ts';
import { ChannelFailure } from '../channel-failure.ts';

/** No answer of a channel that is read here is larger. */
const ANSWER_BYTES_MAX = 16 * 1024 * 1024;

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** The answer is a document that is compressed itself, whatever its headers say. */
  readonly isGzip?: boolean;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** How far the clocks of those that were called were ahead of ours, ms: as long as the client lives. */
const aheadBy = new WeakMap<Http, Map<string, number>>();

/** How far the clock there is ahead of ours, ms, as its last answer said, in whole seconds; undefined: it has said nothing. */
export function clockAheadMs(http: Http, url: string): number | undefined {
  return aheadBy.get(http)?.get(URL.parse(url)?.host ?? '');
}

/** Calls a channel, or an ERP. Gives any answer; throws a ChannelFailure when there is none. Redirects are not followed. */
export type Http = (call: HttpCall) => Promise<HttpAnswer>;

export interface HttpOptions {
  readonly toPrivate: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
  /** The hub stops: what became of the call is not known. */
  readonly signal?: AbortSignal;
}

/** With connections that stay open, as long as the agents do. */
export function createHttp({ toPrivate, timeoutMs, clock, signal }: HttpOptions): Http & { close(): void } {
  const ahead = new Map<string, number>();
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true }) };
  const http: Http = ({ method, url, headers, body, isGzip = false }) =>
    new Promise((resolve, reject) => {
      let target: URL;
      try {
        // What was allowed when the account was made may not be any more.
        target = requireTarget(url, { toPrivate });
      } catch (error) {
        return reject(new ChannelFailure('WEBHOOK_URL_FORBIDDEN', toWireError(error).detail, { inDoubt: false }));
      }
      const isSecure = target.protocol === 'https:';
      const request = (isSecure ? requestHttps : requestHttp)(target, {
        method,
        agent: isSecure ? agents.https : agents.http,
        ...(signal !== undefined && { signal }),
        headers: {
          accept: 'application/json',
          'user-agent': 'shelfwire',
          ...headers,
          ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }),
        },
        ...(!toPrivate && { lookup: guardedLookup }),
      });
      const fail = (failure: ChannelFailure): void => {
        cancel();
        request.destroy();
        reject(failure);
      };
      const cancel = clock.after(timeoutMs, () =>
        fail(new ChannelFailure('CHANNEL_TIMEOUT', `There was no whole answer within ${timeoutMs} ms.`)),
      );
      request.on('response', (response) => {
        const saidAt = Date.parse(response.headers.date ?? '');
        if (!Number.isNaN(saidAt)) ahead.set(target.host, saidAt - clock.now());
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
          else
            fail(new ChannelFailure('CHANNEL_ANSWER_INVALID', `The answer is larger than ${ANSWER_BYTES_MAX} bytes.`));
        });
        response.on('end', () => {
          cancel();
          const { statusCode: status = 0, headers: answered } = response;
          // What is refused is told in plain text.
          const whole = Buffer.concat(chunks);
          (isGzip && status === 200 ? gunzipped(whole) : Promise.resolve(whole)).then(
            (bytes) => resolve({ status, headers: answered, text: bytes.toString('utf8') }),
            (error: unknown) => reject(notUnpacked(error)),
          );
        });
        response.on('error', (error) => fail(broken(error)));
        response.on('close', () => {
          if (!response.complete) fail(broken(new Error('the answer was cut off')));
        });
      });
      request.on('error', (error) => fail(broken(error)));
      request.end(body);
    });
  aheadBy.set(http, ahead);
  return Object.assign(http, {
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
  });
}

const clients = new WeakMap<Http, Http>();

/** The same client, whose calls `guard` may stop before they are made, by throwing. */
export function guardedHttp(http: Http, guard: () => void): Http {
  const guarded: Http = async (call) => {
    guard();
    return http(call);
  };
  clients.set(guarded, clientOf(http));
  return guarded;
}

/** What is kept with a client is kept with this, however it is guarded. */
export const clientOf = (http: Http): Http => clients.get(http) ?? http;

/** No larger than an answer may be: a small document may hold an endless one. */
const gunzipped = (packed: Buffer): Promise<Buffer> => promisify(gunzip)(packed, { maxOutputLength: ANSWER_BYTES_MAX });

function notUnpacked(cause: unknown): ChannelFailure {
  const detail = `The answer is no compressed document of ${ANSWER_BYTES_MAX} bytes at most.`;
  return new ChannelFailure('CHANNEL_ANSWER_INVALID', detail, { cause });
}

/** Before a connection there is, nothing can have been done. */
const NEVER_CONNECTED = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'EADDRNOTAVAIL',
]);
const TLS = /^(ERR_TLS|ERR_SSL|CERT_|EPROTO|DEPTH_ZERO|SELF_SIGNED|UNABLE_TO|HOSTNAME_MISMATCH)/;

function broken(error: Error & { code?: unknown }): ChannelFailure {
  if (error instanceof ShelfwireError) {
    return new ChannelFailure('WEBHOOK_URL_FORBIDDEN', error.message, { inDoubt: false });
  }
  const name = typeof error.code === 'string' ? error.code : 'the connection broke';
  if (TLS.test(name)) {
    return new ChannelFailure('CHANNEL_TLS', `No safe connection: ${name}.`, { inDoubt: false, cause: error });
  }
  const inDoubt = !NEVER_CONNECTED.has(name);
  return new ChannelFailure('CHANNEL_UNREACHABLE', `It cannot be reached: ${name}.`, {
    inDoubt,
    cause: error,
  });
}

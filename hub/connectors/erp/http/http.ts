import { Agent as HttpAgent, request as requestHttp } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { guardedLookup, requireTarget } from '#hub/outbox/target.ts';
import { ErpFailure } from '../connector.ts';

/** No answer of an ERP that is read here is larger. */
const ANSWER_BYTES_MAX = 4 * 1024 * 1024;

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
}

export interface HttpAnswer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
}

/** Calls an ERP over connections that stay open. Gives any whole answer; throws an ErpFailure when there is none. */
export interface Http {
  call(call: HttpCall): Promise<HttpAnswer>;
  close(): void;
}

export interface HttpOptions {
  readonly toPrivate: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

export function createHttp({ toPrivate, timeoutMs, clock }: HttpOptions): Http {
  const agents = { 'http:': new HttpAgent({ keepAlive: true }), 'https:': new HttpsAgent({ keepAlive: true }) };
  const call = ({ method, url, headers, body }: HttpCall): Promise<HttpAnswer> => {
    const target = requireErpUrl(url, toPrivate);
    const isSecure = target.protocol === 'https:';
    const sent = body === undefined ? undefined : JSON.stringify(body);
    return new Promise((resolve, reject) => {
      const request = (isSecure ? requestHttps : requestHttp)(target, {
        method,
        agent: isSecure ? agents['https:'] : agents['http:'],
        headers: {
          accept: 'application/json',
          'user-agent': 'shelfwire',
          ...headers,
          ...(sent !== undefined && { 'content-type': 'application/json', 'content-length': Buffer.byteLength(sent) }),
        },
        ...(!toPrivate && { lookup: guardedLookup }),
      });
      const fail = (failure: ErpFailure): void => {
        cancel();
        request.destroy();
        reject(failure);
      };
      const cancel = clock.after(timeoutMs, () =>
        fail(new ErpFailure('ERP_TIMEOUT', `There was no whole answer within ${timeoutMs} ms.`)),
      );
      request.on('response', (response) => {
        const chunks: Buffer[] = [];
        let bytes = 0;
        response.on('data', (chunk: Buffer) => {
          bytes += chunk.length;
          if (bytes <= ANSWER_BYTES_MAX) chunks.push(chunk);
          else fail(new ErpFailure('ERP_ANSWER_INVALID', `The answer is larger than ${ANSWER_BYTES_MAX} bytes.`));
        });
        response.on('end', () => {
          cancel();
          const { statusCode: status = 0, headers: answered } = response;
          resolve({ status, headers: answered, text: Buffer.concat(chunks).toString('utf8') });
        });
        response.on('error', (error) => fail(broken(error)));
        response.on('close', () => response.complete || fail(broken(new Error('the answer was cut off'))));
      });
      request.on('error', (error) => fail(broken(error)));
      request.end(sent);
    });
  };
  return {
    call,
    close() {
      for (const agent of Object.values(agents)) agent.destroy();
    },
  };
}

/** Throws ERP_URL_FORBIDDEN. What was allowed when the ERP was made may not be any more. */
export function requireErpUrl(url: string, toPrivate: boolean): URL {
  try {
    return requireTarget(url, { toPrivate });
  } catch (error) {
    if (error instanceof ShelfwireError) throw new ErpFailure('ERP_URL_FORBIDDEN', error.message);
    throw error;
  }
}

function broken(error: Error & { code?: unknown }): ErpFailure {
  if (error instanceof ShelfwireError) return new ErpFailure('ERP_URL_FORBIDDEN', error.message);
  const name = typeof error.code === 'string' ? error.code : 'the connection broke';
  return new ErpFailure('ERP_UNREACHABLE', `The ERP cannot be reached: ${name}.`, { cause: error });
}

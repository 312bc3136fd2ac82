import { ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { requireTarget } from '#hub/outbox/target.ts';
import { toChannelFailure } from '../../channel-failure.ts';
import { createHttp as createChannelHttp, type HttpAnswer } from '../../http/http.ts';
import { ErpFailure, type ErpFailureCode } from '../connector.ts';

export type { HttpAnswer };

export interface HttpCall {
  readonly method: 'GET' | 'POST' | 'PUT' | 'PATCH';
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: unknown;
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

/** What the failures of a call are called of an ERP; any other: it cannot be reached. */
const CODES: Partial<Record<ErrorCode, ErpFailureCode>> = {
  WEBHOOK_URL_FORBIDDEN: 'ERP_URL_FORBIDDEN',
  CHANNEL_TIMEOUT: 'ERP_TIMEOUT',
  CHANNEL_ANSWER_INVALID: 'ERP_ANSWER_INVALID',
};

export function createHttp(options: HttpOptions): Http {
  const http = createChannelHttp(options);
  return {
    async call({ method, url, headers, body }) {
      const sent =
        body === undefined
          ? { headers: { ...headers } }
          : { headers: { 'content-type': 'application/json', ...headers }, body: JSON.stringify(body) };
      try {
        return await http({ method, url, ...sent });
      } catch (error) {
        const { code, message } = toChannelFailure(error);
        throw new ErpFailure(CODES[code] ?? 'ERP_UNREACHABLE', message, { cause: error });
      }
    },
    close: () => http.close(),
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

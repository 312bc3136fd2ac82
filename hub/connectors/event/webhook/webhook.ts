import { CORRELATION_HEADER, toCorrelationHeader } from '#shared/protocol/correlation.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { RETRIES, type RetryRule } from '#hub/outbox/retries.ts';
import { signedHeaders } from '#hub/outbox/signature.ts';
import type { EventConnector } from '../connector.ts';
import { writeMessage } from '../message-text.ts';
import { send } from './send.ts';

export interface WebhookParts {
  readonly clock: Clock;
  /** Whether they may lead to private addresses. */
  readonly toPrivate: boolean;
  readonly timeoutMs?: number;
  readonly retries?: RetryRule;
}

const TIMEOUT_MS = 10_000;

/** Webhooks: a message is a POST, signed as Standard Webhooks are. One at a time, so they come in order. */
export function createWebhooks(parts: WebhookParts): EventConnector {
  const { clock, toPrivate, timeoutMs = TIMEOUT_MS, retries = RETRIES } = parts;
  return {
    kind: 'webhook',
    window: 1,
    retries,
    deliver: (messages, signal) =>
      Promise.all(
        messages.map((message) => {
          const { id, url, secrets, correlationId } = message;
          const { contentType, body, headers } = writeMessage(message);
          const all = {
            ...headers,
            ...signedHeaders(secrets, { id, body, nowMs: clock.now() }),
            [CORRELATION_HEADER]: toCorrelationHeader(correlationId),
            'content-type': contentType,
          };
          return send({ url, headers: all, body }, { toPrivate, timeoutMs, clock, signal });
        }),
      ),
    stop: () => Promise.resolve(),
  };
}

import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { CORRELATION_HEADER, toCorrelationHeader } from '#shared/protocol/correlation.ts';
import { beginMessage, type Message } from './begin-message.ts';
import { claimWebhooks, releaseClaim, type Claim } from './claim.ts';
import { endDelivered, endFailed } from './end-attempt.ts';
import { RETRIES, type RetryRule } from './retries.ts';
import { send } from './send.ts';
import { signedHeaders } from './signature.ts';

export interface DeliverOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly toPrivate: boolean;
  readonly everyMs?: number;
  readonly timeoutMs?: number;
  readonly retries?: RetryRule;
  /** After so long without a sign a worker counts as killed; longer than any attempt lasts. */
  readonly claimSeconds?: number;
}

/** Receivers that one hub sends to at once. */
const AT_ONCE = 32;
/** Then others get their turn. */
const MESSAGES_A_TURN = 100;
const TIMEOUT_MS = 10_000;
const CLAIM_SECONDS = 60;

/**
 * Sends what waits for webhooks.
 *
 * - Of one webhook a message is sent at a time, in the order of their sequence, by one worker over all hubs; one that
 *   fails holds back those behind it, until it is delivered or a dead letter.
 * - Each webhook has its own worker and its own waiting: one receiver never delays another, unless more than AT_ONCE
 *   are slow at once.
 * - At least once: killed between sending and noting it, the next worker sends the same under the same id.
 */
export function startDeliveries(options: DeliverOptions): Part {
  const { pool, clock, logger, everyMs = 250, claimSeconds = CLAIM_SECONDS } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const looking = startRepeating({
    name: 'webhooks',
    clock,
    logger,
    everyMs,
    firstAfterMs: 0,
    async turn() {
      const free = AT_ONCE - running.size;
      if (free === 0) return;
      for (const claim of await claimWebhooks(pool, randomUUID(), free, claimSeconds)) {
        const worker = work(claim, options, stopping.signal)
          .catch((error: unknown) => logger.warn({ err: error, webhook: claim.webhook }, 'a webhook is left for now'))
          .finally(() => running.delete(worker));
        running.add(worker);
      }
    },
  });
  return {
    name: 'webhooks',
    async stop() {
      stopping.abort();
      await looking.stop();
      await Promise.all(running);
    },
  };
}

async function work(claim: Claim, options: DeliverOptions, signal: AbortSignal): Promise<void> {
  const { pool, claimSeconds = CLAIM_SECONDS } = options;
  try {
    for (let sent = 0; sent < MESSAGES_A_TURN && !signal.aborted; sent += 1) {
      const message = await beginMessage(pool, claim, claimSeconds);
      if (message === undefined || !(await attempt(claim, message, options, signal))) return;
    }
  } finally {
    await releaseClaim(pool, claim);
  }
}

/** Whether the next one may follow. */
async function attempt(claim: Claim, message: Message, options: DeliverOptions, signal: AbortSignal): Promise<boolean> {
  const { pool, clock, random, toPrivate, timeoutMs = TIMEOUT_MS, retries: rule = RETRIES } = options;
  const { id, url, body, secrets, correlationId } = message;
  const log = options.logger.child({ webhook: claim.webhook, message: id, correlationId });
  const headers = {
    ...signedHeaders(secrets, { id, body, nowMs: clock.now() }),
    [CORRELATION_HEADER]: toCorrelationHeader(correlationId),
  };
  const failure = await send({ url, headers, body }, { toPrivate, timeoutMs, clock, signal });
  if (failure === undefined) {
    await endDelivered(pool, message);
    log.debug('a message was delivered');
    return true;
  }
  // Whether it came is not known: it is sent again under its id, and this attempt does not count.
  if (signal.aborted) return false;
  const { isDead } = await endFailed(pool, claim, message, failure, { rule, random });
  const { code, detail } = failure;
  if (isDead) log.error({ code, detail }, 'a message is a dead letter');
  else log.warn({ code, detail, attempt: message.attempts + 1 }, 'a message was not delivered');
  return false;
}

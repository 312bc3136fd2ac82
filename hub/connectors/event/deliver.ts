import { randomUUID } from 'node:crypto';
import type { Pool } from 'pg';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { whenBack } from '#hub/db/when-back.ts';
import { beginMessages, type Begun } from '#hub/outbox/begin-messages.ts';
import { claimWebhooks, releaseClaim, type Claim } from '#hub/outbox/claim.ts';
import { endDelivered, endFailed } from '#hub/outbox/end-attempts.ts';
import type { EventConnector } from './connector.ts';

export interface DeliverOptions {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly connectors: readonly EventConnector[];
  readonly everyMs?: number;
  /** After so long without a sign a worker counts as killed; longer than any attempt lasts. */
  readonly claimSeconds?: number;
}

/** Receivers that one hub sends to at once. */
const AT_ONCE = 32;
/** Then others get their turn. */
const WINDOWS_A_TURN = 100;
const CLAIM_SECONDS = 60;

/**
 * Sends what waits for receivers of events.
 *
 * - Of one receiver a window of messages is under way at a time, by one worker over all hubs; of a webhook it is one
 *   message, so they come in the order of their sequence. What fails holds back all behind it, until it is delivered or a
 *   dead letter.
 * - Each receiver has its own worker and its own waiting: none delays another, unless more than AT_ONCE are slow at once.
 * - At least once: killed between sending and noting it, the next worker sends the same under the same id.
 */
export function startDeliveries(options: DeliverOptions): Part {
  const { pool, clock, logger, connectors, everyMs = 250, claimSeconds = CLAIM_SECONDS } = options;
  const stopping = new AbortController();
  const running = new Set<Promise<void>>();
  const kinds = connectors.map(({ kind }) => kind);
  const looking = startRepeating({
    name: 'events',
    clock,
    logger,
    everyMs,
    firstAfterMs: 0,
    async turn() {
      const free = AT_ONCE - running.size;
      if (free === 0) return;
      const claims = await claimWebhooks(pool, { id: randomUUID(), most: free, seconds: claimSeconds, kinds });
      for (const claim of claims) {
        const worker = work(claim, options, stopping.signal)
          .catch((error: unknown) => logger.warn({ err: error, webhook: claim.webhook }, 'a webhook is left for now'))
          .finally(() => running.delete(worker));
        running.add(worker);
      }
    },
  });
  return {
    name: 'events',
    async stop() {
      stopping.abort();
      await looking.stop();
      await Promise.all(running);
      await Promise.all(connectors.map((connector) => connector.stop()));
    },
  };
}

async function work(claim: Claim, options: DeliverOptions, signal: AbortSignal): Promise<void> {
  const { pool, clock, connectors, claimSeconds: seconds = CLAIM_SECONDS } = options;
  const connector = connectors.find(({ kind }) => kind === claim.kind);
  try {
    if (connector === undefined) return;
    for (let sent = 0; sent < WINDOWS_A_TURN && !signal.aborted; sent += 1) {
      const begun = await beginMessages(pool, claim, { seconds, window: connector.window });
      if (begun.messages.length === 0 || !(await attempt(claim, begun, connector, options, signal))) return;
    }
  } finally {
    const until = { clock, forMs: seconds * 1_000, isOver: () => signal.aborted };
    await whenBack(() => releaseClaim(pool, claim), until);
  }
}

/** Whether the next ones may follow. */
async function attempt(
  claim: Claim,
  { messages, failures }: Begun,
  connector: EventConnector,
  { pool, random, logger }: DeliverOptions,
  signal: AbortSignal,
): Promise<boolean> {
  const answers = await connector.deliver(messages, signal);
  const taken = messages.filter((_, place) => answers[place] === undefined);
  const failed = messages.flatMap((message, place) => {
    const failure = answers[place];
    return failure === undefined ? [] : [{ message, failure }];
  });
  const log = logger.child({ webhook: claim.webhook });
  const named = ({ id, correlationId }: (typeof messages)[number]) => ({ message: id, correlationId });
  if (taken.length > 0) {
    await endDelivered(pool, taken);
    for (const message of taken) log.debug(named(message), 'a message was delivered');
  }
  if (failed.length === 0) return true;
  // Whether they came is not known: they are sent again under their ids, and this attempt does not count.
  if (signal.aborted) return false;
  const dead = await endFailed(pool, claim, failed, { rule: connector.retries, random, failures });
  for (const { message, failure } of failed) {
    const { code, detail } = failure;
    const isDead = dead.some((one) => one.message === message);
    if (isDead) log.error({ ...named(message), code, detail }, 'a message is a dead letter');
    else log.warn({ ...named(message), code, detail, attempt: message.attempts + 1 }, 'a message was not delivered');
  }
  return false;
}

import { randomUUID } from 'node:crypto';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';
import { createHttp } from '../http/http.ts';
import { claimAccounts } from './account-claims.ts';
import type { TurnParts } from './account-turn.ts';
import { takeTurn } from './take-turn.ts';

export interface RunOptions extends Omit<TurnParts, 'http' | 'claimSeconds' | 'failures' | 'readEveryHours'> {
  readonly toPrivate: boolean;
  readonly everyMs?: number;
  readonly timeoutMs?: number;
  readonly claimSeconds?: number;
  readonly failures?: TurnParts['failures'];
  readonly readEveryHours?: number | null;
}

/** Accounts that one hub works at at once. */
const AT_ONCE = 32;
const TIMEOUT_MS = 20_000;
const CLAIM_SECONDS = 60;
const FAILURES = { baseMs: 1_000, maxMs: 60_000 };
const READ_EVERY_HOURS = 24;

/**
 * Works at the accounts of channels.
 *
 * - One worker an account over all hubs, under that account's own quota; each waits for its own channel and for nobody else's
 *   (P2), unless more than AT_ONCE have something to do at once.
 * - Killed at any moment, the next worker goes on from what is written down: calls that were begun, what is left of the
 *   quota, what failed.
 */
export function runAccounts(options: RunOptions): Part {
  const { pool, clock, logger, toPrivate, everyMs = 100, timeoutMs = TIMEOUT_MS } = options;
  const stopping = new AbortController();
  const http = createHttp({ toPrivate, timeoutMs, clock, signal: stopping.signal });
  const parts: TurnParts = {
    ...options,
    http,
    claimSeconds: options.claimSeconds ?? CLAIM_SECONDS,
    failures: options.failures ?? FAILURES,
    readEveryHours: options.readEveryHours === undefined ? READ_EVERY_HOURS : options.readEveryHours,
  };
  const running = new Set<Promise<void>>();
  const looking = startRepeating({
    name: 'channels',
    clock,
    logger,
    everyMs,
    firstAfterMs: 0,
    async turn() {
      const free = AT_ONCE - running.size;
      if (free === 0) return;
      const { claimSeconds: seconds, readEveryHours } = parts;
      for (const claim of await claimAccounts(pool, randomUUID(), { most: free, seconds, readEveryHours, clock })) {
        const working = takeTurn(parts, claim, stopping.signal)
          .catch((error: unknown) => logger.warn({ err: error, account: claim.account }, 'an account is left for now'))
          .finally(() => running.delete(working));
        running.add(working);
      }
    },
  });
  return {
    name: 'channels',
    async stop() {
      stopping.abort();
      await looking.stop();
      await Promise.all(running);
      http.close();
    },
  };
}

import type { Pool } from 'pg';
import type { BackoffRule } from '#shared/runtime/backoff.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { openAccount, type OpenParts } from '../accounts/open-account.ts';
import { guardedHttp } from '../http/http.ts';
import { toChannelFailure } from '../channel-failure.ts';
import type { ChannelSession, Cost } from '../connector.ts';
import type { OrderDoor } from '../orders/take-channel-order.ts';
import { holdAccount, noteAnswered, type Claim, type HeldAccount } from './account-claims.ts';
import { QuotaWait, type Quotas } from './quotas.ts';

/** What was done, for metrics. */
export interface ChannelFigures {
  readonly taken?: number;
  readonly stale?: number;
  readonly again?: number;
  readonly parked?: number;
  readonly drifted?: number;
  readonly failed?: number;
}

export interface TurnParts extends OpenParts {
  readonly pool: Pool;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly orders: OrderDoor;
  /** After so long without a sign whoever works here counts as killed; longer than any request lasts. */
  readonly claimSeconds: number;
  readonly failures: BackoffRule;
  /** So often each listing is read although nothing is known to have changed; null: never. */
  readonly readEveryHours: number | null;
  observe(account: string, figures: ChannelFigures): void;
}

/** One turn at an account: a session, its quota, and whose turn it is. */
export class AccountTurn {
  readonly parts: TurnParts;
  readonly claim: Claim;
  readonly signal: AbortSignal;
  readonly session: ChannelSession;
  readonly quotas: Quotas;
  readonly log: Logger;
  held: HeldAccount;
  /** As calls that failed in a row are more, one at a time tries whether it is better. */
  #failures: number;

  constructor(parts: TurnParts, claim: Claim, held: HeldAccount, signal: AbortSignal) {
    this.parts = parts;
    this.claim = claim;
    this.signal = signal;
    this.held = held;
    this.log = parts.logger.child({ account: claim.account, channel: held.channel });
    this.#failures = held.failures;
    const http = guardedHttp(parts.http, () => claim.lease.guard());
    ({ session: this.session, quotas: this.quotas } = openAccount({ ...parts, http }, claim.account, held, signal));
  }

  get account(): number {
    return this.claim.account;
  }

  /** The last call failed as a whole: it is not known yet whether the channel works again. */
  get isFailing(): boolean {
    return this.#failures > 0;
  }

  get callsAtOnce(): number {
    return this.isFailing ? 1 : this.session.capabilities.callsAtOnce;
  }

  /** Makes a call under the quota (P2). Throws what the call throws as a ChannelFailure, and QuotaWait. */
  async call<T>({ quota, needs, takes }: Cost, work: () => Promise<T>): Promise<T> {
    await this.admit(quota, needs);
    return this.callAdmitted(quota, takes, work);
  }

  /** Waits until so much of the bucket is there. */
  admit(quota: string, cost: number): Promise<void> {
    return this.quotas.admit(quota, cost, this.signal);
  }

  callAdmitted<T>(name: string, cost: number, work: () => Promise<T>): Promise<T> {
    this.quotas.of(name).spend(cost);
    return this.callPaid(name, cost, work);
  }

  /** Makes a call that was spent from its bucket before. */
  async callPaid<T>(name: string, cost: number, work: () => Promise<T>): Promise<T> {
    const quota = this.quotas.of(name);
    try {
      const answer = await work();
      quota.answered(cost, false);
      if (this.#failures > 0) await noteAnswered(this.parts.pool, this.claim);
      this.#failures = 0;
      return answer;
    } catch (error) {
      if (error instanceof QuotaWait) {
        quota.answered(cost, false);
        throw error;
      }
      const failure = toChannelFailure(error);
      quota.answered(cost, failure.code === 'CHANNEL_THROTTLED', failure.retryAfterMs);
      throw failure;
    }
  }

  /** Makes a call that pays by itself (`tools.pay`). Throws as `call` does. */
  async callUnpaid<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw error instanceof QuotaWait ? error : toChannelFailure(error);
    }
  }

  observe(figures: ChannelFigures): void {
    this.parts.observe(this.held.channel, figures);
  }

  /** Takes the newest state of the account over and makes the claim last; false: somebody else has it, or it is paused. */
  async hold(): Promise<boolean> {
    const { pool, claimSeconds } = this.parts;
    const held = await holdAccount(pool, this.claim, claimSeconds, this.quotas.kept());
    if (held === undefined || held.credentialsNo !== this.held.credentialsNo) return false;
    this.held = held;
    return true;
  }
}

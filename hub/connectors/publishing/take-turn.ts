import { backoffMs } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import { whenBack } from '#hub/db/when-back.ts';
import { ChannelFailure, toChannelFailure } from '../channel-failure.ts';
import type { Capabilities, ReadAnswer } from '../connector.ts';
import { performEffects } from '../orders/perform-effects.ts';
import { pollOrders, readHinted } from '../orders/read-orders.ts';
import {
  holdAccount,
  noteFailed,
  releaseAccount,
  whileClaimed,
  type Claim,
  type HeldAccount,
} from './account-claims.ts';
import { AccountTurn, type TurnParts } from './account-turn.ts';
import { askLater, publishDue, sendOpenCalls } from './publish-due.ts';
import { QuotaWait } from './quotas.ts';
import { chooseToRead, settleUnread, takeRead, type ToRead } from './read-back.ts';

/** Then another hub may go on. */
const TURN_MS = 20_000;
/** Where there are several buckets sending and reading have so long before other work has its turn: none waits for the end of another. */
const SLICE_MS = 1_000;
/** One bucket that is empty keeps nobody from the others for longer. */
const LOOK_AGAIN_MS = 500;

/**
 * Works at an account until nothing is to be done there or the turn is over.
 *
 * - Whatever was begun and not ended goes first. Then orders, since they lower what may be sold; then what must be read
 *   before it is sent; then numbers, the most urgent first.
 * - A bucket that is empty, or of which the channel says it is, holds up what is paid from it and nothing else.
 * - What fails as a whole ends the turn; nothing is called until some time has passed, longer after each failure.
 */
export async function takeTurn(parts: TurnParts, claim: Claim, signal: AbortSignal): Promise<void> {
  const { pool, random } = parts;
  const held = await holdAccount(pool, claim, parts.claimSeconds, null);
  if (held === undefined) return;
  let turn: AccountTurn | undefined;
  let waitMs = 0;
  try {
    turn = new AccountTurn(parts, claim, held, signal);
    const own = turn;
    waitMs = await whileClaimed(parts, claim, () => work(own));
  } catch (error) {
    if (error instanceof QuotaWait) waitMs = error.waitMs;
    else if (isLost(error))
      turn?.log.warn({ err: error }, 'a turn at a channel is over: it is not known whether it is ours');
    else if (!signal.aborted) await fail(parts, claim, held, toChannelFailure(error), random);
  } finally {
    const left = { quota: turn?.quotas.kept() ?? null, waitMs };
    const until = { clock: parts.clock, forMs: parts.claimSeconds * 1_000, isOver: () => signal.aborted };
    await whenBack(() => releaseAccount(pool, claim, left), until);
  }
}

/** No failure of the channel. */
const isLost = (error: unknown): boolean => error instanceof ChannelFailure && error.code === 'CHANNEL_CLAIM_LOST';

/** Gives whether there was anything. */
type Work = (turn: AccountTurn) => Promise<boolean>;

/** Gives for how long there is nothing that could be paid, ms. */
async function work(turn: AccountTurn): Promise<number> {
  const { clock } = turn.parts;
  const endAt = clock.monotonic() + TURN_MS;
  const sliceEnd = () => (turn.quotas.isOne ? endAt : Math.min(endAt, clock.monotonic() + SLICE_MS));
  const publish: Work = (own) => publishDue(own, sliceEnd());
  const read: Work = (own) => (own.quotas.isOne ? readDue(own) : readForAWhile(own, sliceEnd()));
  const before: readonly Work[] = [pollOrders, readHinted, performEffects, askLater];
  const sends = new Set<Work>([performEffects, askLater, publish]);
  let waits: number[] = [];
  const paid = async (kind: Work): Promise<boolean> => {
    if (turn.held.dryRun && sends.has(kind)) return false;
    try {
      return await kind(turn);
    } catch (error) {
      // With one bucket there is nothing beside it, and work that costs less would take away what the more urgent waits for.
      const waitMs = turn.quotas.isOne ? undefined : waitOf(error);
      if (waitMs === undefined) throw error;
      waits.push(waitMs);
      return false;
    }
  };
  if (!turn.held.dryRun) await paid(sendOpenCalls);
  while (!turn.signal.aborted && clock.monotonic() < endAt) {
    waits = [];
    let isBusy = false;
    for (const kind of before) isBusy = (await paid(kind)) || isBusy;
    if (readsBeside(turn)) isBusy = (await bothOf(paid(read), paid(publish))) || isBusy;
    else for (const kind of [read, publish]) isBusy = (await paid(kind)) || isBusy;
    if (!isBusy || !(await turn.hold())) break;
  }
  return waits.length === 0 ? 0 : Math.min(LOOK_AGAIN_MS, ...waits);
}

/** Reading and sending wait for each other only where they are paid from one bucket, or where one call tries whether the channel is back. */
function readsBeside({ session, callsAtOnce }: AccountTurn): boolean {
  const { reads, shapes } = session.capabilities;
  return reads !== null && callsAtOnce > 1 && shapes.every(({ quota }) => quota !== reads.quota);
}

/** Either failure is thrown when both have ended. */
async function bothOf(one: Promise<boolean>, other: Promise<boolean>): Promise<boolean> {
  await Promise.allSettled([one, other]);
  const done = [await one, await other];
  return done.includes(true);
}

/** For how long a bucket is empty, if that is all; of what was refused as too many the bucket knows itself. */
function waitOf(error: unknown): number | undefined {
  if (error instanceof QuotaWait) return error.waitMs;
  return error instanceof ChannelFailure && error.code === 'CHANNEL_THROTTLED' ? (error.retryAfterMs ?? 0) : undefined;
}

/**
 * Reads what the channel says: of what waits for it, else, while there is quota, of what was read longest ago. With a bucket
 * of its own as many reads at once as the channel takes calls, else one: it is paid from what sends.
 */
async function readDue(turn: AccountTurn): Promise<boolean> {
  const { session, parts, account } = turn;
  const { reads } = session.capabilities;
  if (reads === null) return settleUnread(parts.pool, account);
  const atOnce = turn.quotas.isOne ? 1 : turn.callsAtOnce;
  const most = reads.itemsMax * atOnce;
  const chosen = await chooseToRead(parts.pool, account, { most, everyHours: parts.readEveryHours });
  const running: Promise<void>[] = [];
  try {
    for (let from = 0, some: readonly ToRead[] = chosen; from < chosen.length; from += some.length) {
      some = payable(turn, reads, chosen.slice(from, from + reads.itemsMax));
      const cost = reads.cost(some);
      await turn.admit(reads.quota, cost);
      const first = () => turn.callAdmitted(reads.quota, cost, () => session.readBack(some));
      const reading = readSome(turn, some, first);
      // It is looked at with all others, below.
      reading.catch(() => undefined);
      running.push(reading);
    }
  } catch (error) {
    if (!(error instanceof QuotaWait) || running.length === 0) throw error;
  } finally {
    await Promise.allSettled(running);
  }
  await Promise.all(running);
  return chosen.length > 0;
}

/**
 * As many of them as can be paid now, at least one. Where a read costs the more the more it names, one of many would never be
 * made while there are numbers to send, which cost less (P2); what nothing waits for is read when there is enough.
 */
function payable(
  { quotas }: AccountTurn,
  reads: NonNullable<Capabilities['reads']>,
  all: readonly ToRead[],
): readonly ToRead[] {
  if (quotas.isOne || all.some(({ isRoutine }) => isRoutine)) return all;
  let some = all;
  while (some.length > 1 && quotas.of(reads.quota).waitMs(reads.cost(some)) > 0) {
    const fewer = some.slice(0, Math.ceil(some.length / 2));
    if (reads.cost(fewer) === reads.cost(some)) return all;
    some = fewer;
  }
  return some;
}

/** Refused as a whole, and nobody knows because of which listing: halves are read apart, down to the one (P2). */
async function readSome(
  turn: AccountTurn,
  some: readonly ToRead[],
  read: () => Promise<readonly ReadAnswer[]>,
): Promise<void> {
  const { session, parts, account } = turn;
  const answers = await orRefused(some, read);
  if (answers === 'refused') {
    const half = Math.ceil(some.length / 2);
    for (const part of [some.slice(0, half), some.slice(half)]) await readSome(turn, part, () => readPaid(turn, part));
    return;
  }
  const { countsDown } = session.capabilities;
  const { drifted, parked } = await takeRead(parts.pool, { account, countsDown, random: parts.random }, some, answers);
  if (drifted > 0) turn.log.warn({ listings: drifted }, 'a channel says something else than it was told');
  turn.observe({ drifted, parked });
}

function readPaid(turn: AccountTurn, some: readonly ToRead[]): Promise<readonly ReadAnswer[]> {
  const { session } = turn;
  const { reads } = session.capabilities;
  if (reads === null) return Promise.resolve([]);
  const cost = reads.cost(some);
  return turn.call({ quota: reads.quota, needs: cost, takes: cost }, () => session.readBack(some));
}

async function orRefused(
  some: readonly ToRead[],
  read: () => Promise<readonly ReadAnswer[]>,
): Promise<readonly ReadAnswer[] | 'refused'> {
  try {
    return await read();
  } catch (error) {
    if (!(error instanceof ChannelFailure) || error.code !== 'CHANNEL_REFUSED') throw error;
    if (some.length > 1) return 'refused';
    const { code, message: detail } = error;
    return some.map(({ channelSku }) => ({ channelSku, code, detail }));
  }
}

async function readForAWhile(turn: AccountTurn, endAt: number): Promise<boolean> {
  let isBusy = false;
  while (!turn.signal.aborted && turn.parts.clock.monotonic() < endAt && (await readDue(turn))) isBusy = true;
  return isBusy;
}

async function fail(
  parts: TurnParts,
  claim: Claim,
  held: HeldAccount,
  failure: ChannelFailure,
  random: Random,
): Promise<void> {
  const { pool, logger, failures } = parts;
  const waitMs = (failure.retryAfterMs ?? 0) + backoffMs(failures, held.failures, random);
  const { code, message } = failure;
  await noteFailed(pool, claim, failure, waitMs);
  parts.observe(held.channel, { failed: 1 });
  const told = { account: claim.account, channel: held.channel, code, detail: message, waitMs };
  if (code === 'INTERNAL') logger.error({ ...told, err: failure.cause }, 'work with a channel failed');
  else logger.warn(told, 'a channel does not work; nothing is sent there for a while');
}

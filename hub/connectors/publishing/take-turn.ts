import { backoffMs } from '#shared/runtime/backoff.ts';
import type { Random } from '#shared/runtime/random.ts';
import { whenBack } from '#hub/db/when-back.ts';
import { toChannelFailure, type ChannelFailure } from '../channel-failure.ts';
import { performEffects } from '../orders/perform-effects.ts';
import { pollOrders, readHinted } from '../orders/read-orders.ts';
import { holdAccount, noteFailed, releaseAccount, type Claim, type HeldAccount } from './account-claims.ts';
import { AccountTurn, QuotaWait, type TurnParts } from './account-turn.ts';
import { publishDue, sendOpenCalls } from './publish-due.ts';
import { chooseToRead, takeRead } from './read-back.ts';

/** Then another hub may go on. */
const TURN_MS = 20_000;

/**
 * Works at an account until nothing is to be done there or the turn is over.
 *
 * - Whatever was begun and not ended goes first. Then orders, since they lower what may be sold; then what must be read
 *   before it is sent; then numbers, the most urgent first.
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
    await work(turn);
  } catch (error) {
    if (error instanceof QuotaWait) waitMs = error.waitMs;
    else if (!signal.aborted) await fail(parts, claim, held, toChannelFailure(error), random);
  } finally {
    const left = { quota: turn?.quota.kept() ?? null, waitMs };
    const until = { clock: parts.clock, forMs: parts.claimSeconds * 1_000, isOver: () => signal.aborted };
    await whenBack(() => releaseAccount(pool, claim, left), until);
  }
}

async function work(turn: AccountTurn): Promise<void> {
  const { clock } = turn.parts;
  const endAt = clock.monotonic() + TURN_MS;
  if (!turn.held.dryRun) await sendOpenCalls(turn);
  while (!turn.signal.aborted && clock.monotonic() < endAt) {
    let isBusy = await pollOrders(turn);
    isBusy = (await readHinted(turn)) || isBusy;
    if (!turn.held.dryRun) isBusy = (await performEffects(turn)) || isBusy;
    isBusy = (await readDue(turn)) || isBusy;
    if (!turn.held.dryRun) isBusy = (await publishDue(turn, endAt)) || isBusy;
    if (!isBusy || !(await turn.hold())) return;
  }
}

/** One read of what the channel says: of what waits for it, else, while there is quota, of what was read longest ago. */
async function readDue(turn: AccountTurn): Promise<boolean> {
  const { session, parts, account } = turn;
  const { reads, countsDown } = session.capabilities;
  if (reads === null) return false;
  const chosen = await chooseToRead(parts.pool, account, { most: reads.itemsMax, everyHours: parts.readEveryHours });
  if (chosen.length === 0) return false;
  const cost = reads.cost(chosen);
  const answers = await turn.call({ needs: cost, takes: cost }, () => session.readBack(chosen));
  const { drifted, parked } = await takeRead(parts.pool, { account, countsDown }, chosen, answers);
  if (drifted > 0) turn.log.warn({ listings: drifted }, 'a channel says something else than it was told');
  turn.observe({ drifted, parked });
  return true;
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

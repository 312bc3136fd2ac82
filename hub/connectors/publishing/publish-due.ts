import { ChannelFailure } from '../channel-failure.ts';
import type { AccountTurn } from './account-turn.ts';
import { askAgain, callsToAsk, noteLater, openCalls } from './open-calls.ts';
import { beginCall, countWaiting } from './begin-call.ts';
import { CallsUnderWay, type PaidCall } from './calls-under-way.ts';
import { chooseNow, type ChosenShape } from './choose-shape.ts';
import { endAnswered, endInDoubt, noteSentAgain } from './end-call.ts';
import { endParts, LATER_MS, send, shapeOf } from './send-call.ts';

/** A request that is older than that does not arrive any more: what became of it can be read. */
const DOUBT_MS = 60_000;
/** What has not ended after so many times as long as it should take will not, nor before that. */
const LATER_TIMES = 12;
const LATER_MIN_MS = 3_600_000;
/** While all that is looked at says what it shall, more and more is, up to so many. */
const LOOKS_AT_MAX = 512;

/**
 * Sends again what was begun and not ended, as it was and under its key: whoever was killed may have sent it, and what is
 * still on its way must not come behind a newer number (P3). Gives whether there was anything.
 */
export async function sendOpenCalls(turn: AccountTurn): Promise<boolean> {
  const calls = await openCalls(turn.parts.pool, turn.account);
  for (const call of calls) {
    const shape = shapeOf(turn, call);
    const cost = shape.cost(call.items.length);
    const { laterMs } = shape;
    // What the channel has made of it can be seen before it could be paid again.
    const isSeenFirst = laterMs !== undefined && turn.quotas.of(shape.quota).waitMs(cost) > laterMs;
    if ((call.ageMs > DOUBT_MS || isSeenFirst) && turn.session.capabilities.reads !== null) {
      if (laterMs === undefined) await endInDoubt(endParts(turn), call);
      // The channel may be at work on it: what it says now is not what it will.
      else await noteLater(turn.parts.pool, turn.account, call, { ticket: null, afterMs: 2 * laterMs });
      continue;
    }
    await turn.admit(shape.quota, cost);
    await noteSentAgain(turn.parts.pool, call.number);
    turn.quotas.of(shape.quota).spend(cost);
    const failure = await send(turn, { ...call, isAgain: true }, shape);
    if (failure !== undefined) throw failure;
  }
  return calls.length > 0;
}

/** Asks what has become of calls that end later. Gives whether there was anything. */
export async function askLater(turn: AccountTurn): Promise<boolean> {
  const { session, parts, account } = turn;
  const calls = await callsToAsk(parts.pool, account);
  for (const call of calls) {
    const { laterMs = LATER_MS } = shapeOf(turn, call);
    const { ticket } = call;
    if (ticket === null || session.ask === undefined || call.ageMs > Math.max(LATER_MIN_MS, LATER_TIMES * laterMs)) {
      turn.observe(await endInDoubt(endParts(turn), call));
      continue;
    }
    try {
      const answer = await turn.callUnpaid(() => session.ask?.(call, ticket) ?? Promise.reject(new Error('no ask')));
      if ('answers' in answer) turn.observe(await endAnswered(endParts(turn), call, answer.answers));
      else await askAgain(parts.pool, call.number, answer.again, answer.afterMs);
    } catch (error) {
      if (!(error instanceof ChannelFailure) || error.code !== 'CHANNEL_REFUSED') throw error;
      turn.log.warn({ call: call.number, detail: error.message }, 'a channel does not say what became of a call');
      turn.observe(await endInDoubt(endParts(turn), call));
    }
  }
  return calls.length > 0;
}

/**
 * Sends what is due, as many calls at once as the channel takes, until nothing is or the turn is over. Gives whether
 * there was anything. Throws the first failure of a call as a whole, when those beside it have ended.
 */
export async function publishDue(turn: AccountTurn, endAt: number): Promise<boolean> {
  const calls = new CallsUnderWay(turn);
  let isBusy = false;
  let sinceLate = 0;
  let looksAt = 1;
  try {
    while (!calls.isOver && turn.parts.clock.monotonic() < endAt) {
      if (!calls.hasRoom) {
        await calls.changed();
        continue;
      }
      const begun = await begin(turn, sinceLate < turn.callsAtOnce - 1, looksAt);
      if (begun === 'over') break;
      isBusy = true;
      looksAt = begun === 'settled' ? Math.min(LOOKS_AT_MAX, looksAt * 8) : 1;
      if (begun === 'settled') continue;
      sinceLate = begun.shape.laterMs === undefined ? sinceLate + 1 : 0;
      calls.add(begun);
    }
  } finally {
    await calls.end();
  }
  if (calls.failure !== undefined) throw calls.failure;
  return isBusy;
}

/** `urgentFirst`: what is left beside a call that ends later goes before it, where it can be paid at once. */
async function begin(turn: AccountTurn, urgentFirst: boolean, looksAt: number): Promise<PaidCall | 'settled' | 'over'> {
  const { parts, claim, session, account } = turn;
  const { capabilities } = session;
  const { shapes, callsAtOnce } = capabilities;
  const waiting = shapes.length > 1 ? await countWaiting(parts.pool, account) : shapes[0].itemsMax;
  if (waiting === 0) return 'over';
  const throughMs = (quota: string, cost: number) => turn.quotas.of(quota).throughMs(cost);
  const isPaid = (quota: string, cost: number) => turn.quotas.of(quota).waitMs(cost) === 0;
  const chosen = chooseNow(shapes, waiting, { callsAtOnce, throughMs, isPaid });
  const { shape, leaves } = urgentFirst ? (besideNow(turn, chosen) ?? chosen) : chosen;
  const most = shape.cost(Math.min(waiting - leaves, shape.itemsMax));
  const bucket = turn.quotas.of(shape.quota);
  await turn.admit(shape.quota, most);
  // Before it is kept: who takes over when we are killed knows that it is gone.
  bucket.spend(most);
  let spent = 0;
  try {
    const begun = await beginCall(parts.pool, claim, {
      shape,
      leaves,
      looksAt,
      limits: capabilities,
      claimSeconds: parts.claimSeconds,
      quota: turn.quotas.kept(),
    });
    if (begun.kind === 'nothing') return 'over';
    if (begun.kind === 'settled') return 'settled';
    spent = shape.cost(begun.call.items.length);
    return { call: begun.call, shape };
  } finally {
    bucket.giveBack(most - spent);
  }
}

function besideNow(turn: AccountTurn, { leaves, beside }: ChosenShape): ChosenShape | undefined {
  if (beside === undefined) return undefined;
  const cost = beside.cost(Math.min(leaves, beside.itemsMax));
  return turn.quotas.of(beside.quota).waitMs(cost) === 0 ? { shape: beside, leaves: 0 } : undefined;
}

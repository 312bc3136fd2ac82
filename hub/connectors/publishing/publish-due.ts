import { ChannelFailure, toChannelFailure } from '../channel-failure.ts';
import type { CallShape } from '../connector.ts';
import type { AccountTurn } from './account-turn.ts';
import { askAgain, callsToAsk, noteLater, openCalls } from './open-calls.ts';
import { beginCall, countWaiting, type FrozenCall } from './begin-call.ts';
import { chooseNow, type ChosenShape } from './choose-shape.ts';
import { endAnswered, endInDoubt, endRefused, endUnsent, noteSentAgain, type EndParts } from './end-call.ts';
import { QuotaWait } from './quotas.ts';

/** A request that is older than that does not arrive any more: what became of it can be read. */
const DOUBT_MS = 60_000;
/** Where a kind does not say how long. */
const LATER_MS = 60_000;
/** What has not ended after so many times as long as it should take will not, nor before that. */
const LATER_TIMES = 12;
const LATER_MIN_MS = 3_600_000;
/** Calls whose answers are not written down yet, with those under way, are so many times the calls at once at most. */
const UNWRITTEN = 2;

/**
 * Sends again what was begun and not ended, as it was and under its key: whoever was killed may have sent it, and what is
 * still on its way must not come behind a newer number (P3). Gives whether there was anything.
 */
export async function sendOpenCalls(turn: AccountTurn): Promise<boolean> {
  const calls = await openCalls(turn.parts.pool, turn.account);
  for (const call of calls) {
    const shape = shapeOf(turn, call);
    if (call.ageMs > DOUBT_MS && turn.session.capabilities.reads !== null) {
      if (shape.laterMs === undefined) await endInDoubt(endParts(turn), call);
      // The channel may be at work on it: what it says now is not what it will.
      else await noteLater(turn.parts.pool, turn.account, call, { ticket: null, afterMs: 2 * shape.laterMs });
      continue;
    }
    await noteSentAgain(turn.parts.pool, call.number);
    await turn.admit(shape.quota, shape.cost(call.items.length));
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
 *
 * A call that was answered makes room for the next while its answer is written down: the channel waits for no database.
 */
export async function publishDue(turn: AccountTurn, endAt: number): Promise<boolean> {
  const atChannel = new Set<Promise<void>>();
  const running = new Set<Promise<void>>();
  const ended: { failure?: unknown } = {};
  let isBusy = false;
  let sinceLate = 0;
  try {
    while (ended.failure === undefined && !turn.signal.aborted && turn.parts.clock.monotonic() < endAt) {
      if (atChannel.size >= turn.callsAtOnce) {
        await Promise.race(atChannel);
        continue;
      }
      if (running.size >= UNWRITTEN * turn.callsAtOnce) {
        await Promise.race(running);
        continue;
      }
      const begun = await begin(turn, sinceLate < turn.callsAtOnce - 1);
      if (begun === 'over') break;
      isBusy = true;
      if (begun === 'settled') continue;
      sinceLate = begun.shape.laterMs === undefined ? sinceLate + 1 : 0;
      const answered = Promise.withResolvers<void>();
      const calling = answered.promise.finally(() => atChannel.delete(calling));
      atChannel.add(calling);
      const sending = send(turn, begun.call, begun.shape, answered.resolve)
        .then((failed) => {
          ended.failure ??= failed;
        })
        .catch((error: unknown) => {
          ended.failure ??= error;
        })
        .finally(() => {
          answered.resolve();
          running.delete(sending);
        });
      running.add(sending);
    }
  } finally {
    await Promise.all(running);
  }
  if (ended.failure !== undefined) throw ended.failure;
  return isBusy;
}

/** `urgentFirst`: what is left beside a call that ends later goes before it, where it can be paid at once. */
async function begin(
  turn: AccountTurn,
  urgentFirst: boolean,
): Promise<{ call: FrozenCall; shape: CallShape } | 'settled' | 'over'> {
  const { parts, claim, session, account } = turn;
  const { capabilities } = session;
  const { shapes, callsAtOnce } = capabilities;
  const waiting = shapes.length > 1 ? await countWaiting(parts.pool, account) : shapes[0].itemsMax;
  if (waiting === 0) return 'over';
  const throughMs = (quota: string, cost: number) => turn.quotas.of(quota).throughMs(cost);
  const isPaid = (quota: string, cost: number) => turn.quotas.of(quota).waitMs(cost) === 0;
  const chosen = chooseNow(shapes, waiting, { callsAtOnce, throughMs, isPaid });
  const { shape, leaves } = urgentFirst ? (besideNow(turn, chosen) ?? chosen) : chosen;
  await turn.admit(shape.quota, shape.cost(Math.min(waiting - leaves, shape.itemsMax)));
  const begun = await beginCall(parts.pool, claim, {
    shape,
    leaves,
    limits: capabilities,
    claimSeconds: parts.claimSeconds,
    quota: turn.quotas.kept(),
  });
  if (begun.kind === 'nothing' || begun.kind === 'lost') return 'over';
  if (begun.kind === 'settled') return 'settled';
  return { call: begun.call, shape };
}

function besideNow(turn: AccountTurn, { leaves, beside }: ChosenShape): ChosenShape | undefined {
  if (beside === undefined) return undefined;
  const cost = beside.cost(Math.min(leaves, beside.itemsMax));
  return turn.quotas.of(beside.quota).waitMs(cost) === 0 ? { shape: beside, leaves: 0 } : undefined;
}

/** Gives the failure when there is no sense in sending more. `answered` is called when the channel has taken or refused it. */
async function send(
  turn: AccountTurn,
  call: FrozenCall,
  shape: CallShape,
  answered: () => void = () => undefined,
): Promise<ChannelFailure | QuotaWait | undefined> {
  const parts = endParts(turn);
  try {
    const cost = shape.cost(call.items.length);
    const answers = await turn.callAdmitted(shape.quota, cost, () => turn.session.publish(call));
    answered();
    if ('later' in answers) {
      const later = { ticket: answers.later, afterMs: shape.laterMs ?? LATER_MS };
      await noteLater(turn.parts.pool, turn.account, call, later);
    } else turn.observe(await endAnswered(parts, call, answers));
    return undefined;
  } catch (error) {
    const failure = error instanceof QuotaWait ? error : toChannelFailure(error);
    if (failure instanceof QuotaWait) {
      if (call.isAgain !== true) await endUnsent(parts, call);
      return failure;
    }
    if (failure.code === 'CHANNEL_REFUSED') {
      turn.observe(await endRefused(parts, call, { code: failure.code, detail: failure.message }));
      return undefined;
    }
    // In doubt it stays open, and is sent again under its key; also when only the first time is in doubt.
    if (!failure.inDoubt && call.isAgain !== true) await endUnsent(parts, call);
    return failure;
  }
}

function shapeOf({ session }: AccountTurn, { shape }: FrozenCall): CallShape {
  const { shapes } = session.capabilities;
  return shapes.find(({ name }) => name === shape) ?? shapes[0];
}

function endParts({ parts, account, session }: AccountTurn): EndParts {
  const { reads, settlesMs } = session.capabilities;
  return { pool: parts.pool, random: parts.random, account, canRead: reads !== null, settlesMs };
}

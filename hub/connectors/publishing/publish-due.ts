import { toChannelFailure, type ChannelFailure } from '../channel-failure.ts';
import type { CallShape } from '../connector.ts';
import type { AccountTurn } from './account-turn.ts';
import { beginCall, countWaiting, openCalls, type FrozenCall } from './begin-call.ts';
import { chooseShape } from './choose-shape.ts';
import { endAnswered, endInDoubt, endRefused, endUnsent, noteSentAgain, type EndParts } from './end-call.ts';
import { QuotaWait } from './quotas.ts';

/** A request that is older than that does not arrive any more: what became of it can be read. */
const DOUBT_MS = 60_000;

/**
 * Sends again what was begun and not ended, as it was and under its key: whoever was killed may have sent it, and what is
 * still on its way must not come behind a newer number (P3). Gives whether there was anything.
 */
export async function sendOpenCalls(turn: AccountTurn): Promise<boolean> {
  const calls = await openCalls(turn.parts.pool, turn.account);
  for (const call of calls) {
    if (call.ageMs > DOUBT_MS && turn.session.capabilities.reads !== null) {
      await endInDoubt(endParts(turn), call);
      continue;
    }
    await noteSentAgain(turn.parts.pool, call.number);
    const shape = shapeOf(turn, call);
    await turn.admit(shape.quota, shape.cost(call.items.length));
    const failure = await send(turn, { ...call, isAgain: true }, shape);
    if (failure !== undefined) throw failure;
  }
  return calls.length > 0;
}

/**
 * Sends what is due, as many calls at once as the channel takes, until nothing is or the turn is over. Gives whether
 * there was anything. Throws the first failure of a call as a whole, when those beside it have ended.
 */
export async function publishDue(turn: AccountTurn, endAt: number): Promise<boolean> {
  const running = new Set<Promise<void>>();
  const ended: { failure?: unknown } = {};
  let isBusy = false;
  try {
    while (ended.failure === undefined && !turn.signal.aborted && turn.parts.clock.monotonic() < endAt) {
      if (running.size >= turn.callsAtOnce) {
        await Promise.race(running);
        continue;
      }
      const begun = await begin(turn);
      if (begun === 'over') break;
      isBusy = true;
      if (begun === 'settled') continue;
      const sending = send(turn, begun.call, begun.shape)
        .then((failed) => {
          ended.failure ??= failed;
        })
        .catch((error: unknown) => {
          ended.failure ??= error;
        })
        .finally(() => running.delete(sending));
      running.add(sending);
    }
  } finally {
    await Promise.all(running);
  }
  if (ended.failure !== undefined) throw ended.failure;
  return isBusy;
}

async function begin(turn: AccountTurn): Promise<{ call: FrozenCall; shape: CallShape } | 'settled' | 'over'> {
  const { parts, claim, session, account } = turn;
  const { shapes } = session.capabilities;
  const waiting = shapes.length > 1 ? await countWaiting(parts.pool, account) : shapes[0].itemsMax;
  if (waiting === 0) return 'over';
  const shape = chooseShape(shapes, waiting);
  await turn.admit(shape.quota, shape.cost(Math.min(waiting, shape.itemsMax)));
  const begun = await beginCall(parts.pool, claim, {
    shape: shape.name,
    itemsMax: shape.itemsMax,
    claimSeconds: parts.claimSeconds,
    quota: turn.quotas.kept(),
  });
  if (begun.kind === 'nothing' || begun.kind === 'lost') return 'over';
  if (begun.kind === 'settled') return 'settled';
  return { call: begun.call, shape };
}

/** Gives the failure when there is no sense in sending more. */
async function send(
  turn: AccountTurn,
  call: FrozenCall,
  shape: CallShape,
): Promise<ChannelFailure | QuotaWait | undefined> {
  const parts = endParts(turn);
  try {
    const cost = shape.cost(call.items.length);
    const answers = await turn.callAdmitted(shape.quota, cost, () => turn.session.publish(call));
    turn.observe(await endAnswered(parts, call, answers));
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
  return { pool: parts.pool, random: parts.random, account, canRead: session.capabilities.reads !== null };
}

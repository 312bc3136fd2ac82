import { toChannelFailure, type ChannelFailure } from '../channel-failure.ts';
import type { CallShape } from '../connector.ts';
import type { AccountTurn } from './account-turn.ts';
import type { FrozenCall } from './begin-call.ts';
import { endAnswered, endRefused, endUnsent, type EndParts } from './end-call.ts';
import { noteLater } from './open-calls.ts';
import { QuotaWait } from './quotas.ts';

/** How soon such a call is asked for where its kind does not say how long it takes. */
export const LATER_MS = 60_000;

/**
 * Sends a call that is paid. Gives the failure when there is no sense in sending more. `answered` is called when the channel
 * has taken or refused it.
 */
export async function send(
  turn: AccountTurn,
  call: FrozenCall,
  shape: CallShape,
  answered: () => void = () => undefined,
): Promise<ChannelFailure | QuotaWait | undefined> {
  const parts = endParts(turn);
  try {
    const cost = shape.cost(call.items.length);
    const answers = await turn.callPaid(shape.quota, cost, () => turn.session.publish(call));
    answered();
    if ('later' in answers) {
      const later = { ticket: answers.later, afterMs: shape.laterMs ?? LATER_MS };
      await noteLater(turn.parts.pool, turn.account, call, later);
    } else turn.observe(await endAnswered(parts, call, answers));
    return undefined;
  } catch (error) {
    const failure = error instanceof QuotaWait ? error : toChannelFailure(error);
    // What is not ours any more is somebody else's to end: they may be sending it.
    const mayEnd = call.isAgain !== true && turn.claim.lease.isOurs;
    if (failure instanceof QuotaWait) {
      if (mayEnd) await endUnsent(parts, call);
      return failure;
    }
    if (failure.code === 'CHANNEL_REFUSED') {
      turn.observe(await endRefused(parts, call, { code: failure.code, detail: failure.message }));
      return undefined;
    }
    // In doubt it stays open, and is sent again under its key; also when only the first time is in doubt.
    if (!failure.inDoubt && mayEnd) await endUnsent(parts, call);
    return failure;
  }
}

export function shapeOf({ session }: AccountTurn, { shape }: FrozenCall): CallShape {
  const { shapes } = session.capabilities;
  return shapes.find(({ name }) => name === shape) ?? shapes[0];
}

export function endParts({ parts, account, session }: AccountTurn): EndParts {
  const { reads, settlesMs } = session.capabilities;
  return { pool: parts.pool, random: parts.random, account, canRead: reads !== null, settlesMs };
}

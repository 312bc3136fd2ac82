import type { PoolClient } from 'pg';
import { GOES_ON, take, takeStep, type OrderParts } from './act-on-order.ts';
import type { OrderContent, ReadOrder } from './order/canonical-order.ts';
import { checkTotals } from './order/order-money.ts';
import type { Act } from './states/act.ts';
import { canBeEdited, isOver } from './states/edit-order.ts';
import { findKnown, insertConflict, type KnownOrder } from './store/known-order.ts';
import { changeCustomer, keepEdit, raiseVersion, saveContent, wasSeen } from './store/order-edits.ts';
import { lockOrder, type StoredOrder } from './store/stored-order.ts';
import { isCancelledUnseen, noteCancelled } from './store/unseen-cancellations.ts';
import type { Following, Said } from './store/write-step.ts';
import { insertNew, reused } from './take-order.ts';
import { tellTasksAgain } from './tasks/fit-tasks.ts';
import { underItsId } from './under-its-id.ts';
import { findNames, sellsFrom, unknownNames, unnamedLines, validate } from './work/validate.ts';

/** How an order was read at its channel. */
export interface Reading {
  /** Grows with every change of the order there; null: the channel names none. */
  readonly version: number | null;
  /** It was asked for: so it stands there now. Else it was told, and may have been on its way for long. */
  readonly isCurrent: boolean;
}

export interface Followed {
  /** Undefined: it was cancelled before it was seen, and is not taken. */
  readonly number: number | undefined;
  readonly isNew: boolean;
}

/**
 * Takes an order as it stands at its own channel: a new one in, and of a known one what was changed there since. What is older
 * than what is known changes nothing, however often and in whichever order it comes: by its version; without one, what was told
 * and seen before is older. Throws ORDER_TOTALS, REQUEST_INVALID for a channel that is not there, and ORDER_REUSED for another
 * order under its id, which is kept beside the first.
 */
export async function followOrder(parts: OrderParts, read: ReadOrder, reading: Reading, said: Said): Promise<Followed> {
  checkTotals(read.content);
  const outcome = await underItsId(parts, read.content, (client) => follow(client, parts, read, reading, said));
  if (outcome.clash) throw reused(outcome.number ?? 0, read);
  return outcome;
}

type Outcome = Followed & { readonly clash?: true };

async function follow(
  client: PoolClient,
  parts: OrderParts,
  read: ReadOrder,
  reading: Reading,
  said: Said,
): Promise<Outcome> {
  const { version } = reading;
  if (await isCancelledUnseen(client, read.content, version)) return { number: undefined, isNew: false };
  const made = await insertNew(client, parts, read, said, version);
  if (made !== undefined) return { number: made, isNew: true };
  const known = await findKnown(client, read);
  const { number } = known;
  const done = { number, isNew: false };
  if (await isOlder(client, known, read, reading)) return done;
  const stored = await lockOrder(client, number);
  if (!known.isSameContent && !canBeEdited(stored.order.content, read.content, known.version !== null)) {
    await insertConflict(client, number, read, { by: said.by, now: parts.now() });
    return { ...done, clash: true };
  }
  let now = stored;
  if (known.isSameContent) await raiseVersion(client, number, version);
  else await keepEdit(client, stored, read, { version, by: said.by, now: parts.now() });
  const isReaddressed = !known.isSameCustomer && !isOver(stored.order) && (await changeCustomer(client, number, read));
  if (!known.isSameContent || isReaddressed) now = await edit(client, parts, stored, read, isReaddressed, said);
  if (known.isPaidNow && now.order.payment === 'pending') await take(client, parts, now, { act: 'pay' }, said);
  return done;
}

async function isOlder(
  client: PoolClient,
  known: KnownOrder,
  { digest }: ReadOrder,
  { version, isCurrent }: Reading,
): Promise<boolean> {
  if (version !== null && known.version !== null && version !== known.version) return version < known.version;
  return !isCurrent && !known.isSameContent && wasSeen(client, known.number, digest);
}

async function edit(
  client: PoolClient,
  parts: OrderParts,
  stored: StoredOrder,
  { content, payment }: ReadOrder,
  isReaddressed: boolean,
  said: Said,
): Promise<StoredOrder> {
  const { number, order } = stored;
  const { channel, lines } = content;
  // Of what was not looked at yet all names are looked up together, below.
  const { skus, missing } =
    order.state === 'received'
      ? { skus: {}, missing: [] }
      : await findNames(client, { channel, lines: unnamedLines(order, lines) });
  const canGoThere = await sellsFrom(client, content);
  const act: Act = { act: 'edit', content, payment, skus, canGoThere, isReaddressed };
  const waits = missing.length > 0 && !isOver(order);
  const following: Following = waits ? unknownNames(missing, parts.now()) : isOver(order) ? stored : GOES_ON;
  const { stored: edited, step } = await takeStep(client, parts, stored, act, said, following);
  await saveContent(client, number, edited.order.content);
  const added = new Map(step.edited?.added.map(({ line, units }) => [line, units]));
  const more = lines.flatMap((line) => {
    const units = added.get(line.line);
    return units === undefined ? [] : [{ ...line, units }];
  });
  // The channel has sold them.
  if (more.length > 0) await parts.onTaken?.(client, { channel, lines: more });
  if (isReaddressed) await tellTasksAgain(client, edited, parts.now());
  if (edited.order.state !== 'received') return edited;
  await validate(client, parts, number, said);
  return lockOrder(client, number);
}

/**
 * An order is cancelled at its channel: gives its number, and what was changed before that is older from now on. Undefined: it
 * was never seen, and will not be taken; or it was not cancelled any more when it was seen last.
 */
export async function seeCancelled(
  parts: OrderParts,
  id: Pick<OrderContent, 'channel' | 'channelOrderId'>,
  version: number | null,
): Promise<number | undefined> {
  return underItsId(parts, id, (client) => noteCancelled(client, id, version, parts.now()));
}

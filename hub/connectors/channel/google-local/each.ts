import { toChannelFailure, type ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools, ItemAnswer, PublishItem, ReadAnswer, ReadItem } from '../../connector.ts';
import { QuotaWait } from '../../publishing/quotas.ts';
import { QUOTA } from './merchant-api.ts';

type End = ChannelFailure | QuotaWait | undefined;

/**
 * A request for each listing, all at once. What is refused is about its listing; where another failure met all of them, it is
 * the call's; where it met some, they are sent again, or are in doubt (no answer) where Google may have done it.
 */
export async function setEach(
  items: readonly PublishItem[],
  tools: ChannelTools,
  set: (item: PublishItem) => Promise<unknown>,
): Promise<ItemAnswer[]> {
  const ends = await Promise.all(items.map(async (item) => ({ item, end: await endOf(set(item)) })));
  requireSome(
    ends.map(({ end }) => end),
    tools,
  );
  return ends.flatMap(({ item: { channelSku }, end }): ItemAnswer[] => {
    if (end === undefined) return [{ channelSku, outcome: 'taken' }];
    if (isOwn(end)) return [{ channelSku, outcome: 'refused', code: end.code, detail: end.message }];
    return mayBeDone(end) ? [] : [{ channelSku, outcome: 'again' }];
  });
}

/** The same for reading. A failure that is not about one listing is the call's: nothing is lost by reading again. */
export function readEach(items: readonly ReadItem[], read: (item: ReadItem) => Promise<number>): Promise<ReadAnswer[]> {
  return Promise.all(
    items.map(async ({ channelSku, reference }): Promise<ReadAnswer> => {
      try {
        return { channelSku, says: await read({ channelSku, reference }) };
      } catch (error) {
        const failure = error instanceof QuotaWait ? error : toChannelFailure(error);
        if (!isOwn(failure)) throw failure;
        return { channelSku, code: failure.code, detail: failure.message };
      }
    }),
  );
}

const isOwn = (
  end: NonNullable<End>,
): end is ChannelFailure & { readonly code: 'CHANNEL_REFUSED' | 'CHANNEL_SKU_UNKNOWN' } =>
  !(end instanceof QuotaWait) && (end.code === 'CHANNEL_REFUSED' || end.code === 'CHANNEL_SKU_UNKNOWN');
/** Nothing is written before what is paid for has been read. */
const mayBeDone = (end: NonNullable<End>): boolean => !(end instanceof QuotaWait) && end.inDoubt;

async function endOf(work: Promise<unknown>): Promise<End> {
  try {
    await work;
    return undefined;
  } catch (error) {
    return error instanceof QuotaWait ? error : toChannelFailure(error);
  }
}

function requireSome(ends: readonly End[], tools: ChannelTools): void {
  const general = ends.flatMap((end) => (end === undefined || isOwn(end) ? [] : [end]));
  const [first] = general;
  if (first === undefined) return;
  // In doubt is the worse: what may have been done must not be taken for not done.
  if (general.length === ends.length) throw general.find(mayBeDone) ?? first;
  if (general.some((end) => !(end instanceof QuotaWait) && end.code === 'CHANNEL_THROTTLED'))
    tools.seen(QUOTA, { left: 0 });
}

import type { ItemAnswer, ReadAnswer } from '../../connector.ts';
import { said, type Problem } from './ask.ts';

/** eBay knows no such item, offer or resource. */
const UNKNOWN = new Set([25_702, 25_710, 25_713]);
/** eBay's own fault. */
const SYSTEM = new Set([25_001]);
/** eBay publishes no number of its own for the day's revisions being used up: it is in the words of a general error. */
const USED_UP =
  /revis.{0,80}(limit|maximum|exceed|threshold|calendar day)|(limit|maximum|exceed|threshold).{0,80}revis/i;

/** What errors of one listing mean: it is tried again where the listing is not at fault. */
export function judgeItem(channelSku: string, status: number, errors: readonly Problem[]): ItemAnswer {
  if (status < 300) return { channelSku, outcome: 'taken' };
  const isOurs = errors.some(({ errorId, category }) => SYSTEM.has(errorId) || category === 'APPLICATION');
  if (status >= 500 || isOurs || errors.some(isUsedUp)) return { channelSku, outcome: 'again' };
  return { channelSku, outcome: 'refused', ...refusal(channelSku, status, errors) };
}

export function judgeRead(channelSku: string, status: number, errors: readonly Problem[]): ReadAnswer {
  return { channelSku, ...refusal(channelSku, status, errors) };
}

function refusal(channelSku: string, status: number, errors: readonly Problem[]) {
  const isUnknown = status === 404 || errors.some(({ errorId }) => UNKNOWN.has(errorId));
  const detail = errors.length === 0 ? `eBay answered ${status} for "${channelSku}".` : said(errors);
  return { code: isUnknown ? ('CHANNEL_SKU_UNKNOWN' as const) : ('CHANNEL_REFUSED' as const), detail };
}

const isUsedUp = ({ message = '', longMessage = '' }: Problem): boolean => USED_UP.test(`${message} ${longMessage}`);

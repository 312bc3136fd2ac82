import { ChannelFailure } from '../../channel-failure.ts';
import type { ChannelTools } from '../../connector.ts';

/** Where documents of feeds and reports may lie, and whether a connection to there must be safe. */
export interface DocumentRule {
  readonly hosts: readonly string[];
  readonly secure: boolean;
}

/** What a document must be sent as: it is part of what Amazon has signed. */
export const FEED_CONTENT_TYPE = 'application/json; charset=UTF-8';

/** Puts a document where Amazon said. No token is sent there: the address itself is the permission. */
export async function putDocument(
  { http }: ChannelTools,
  rule: DocumentRule,
  url: string,
  body: string,
  type = FEED_CONTENT_TYPE,
): Promise<void> {
  const answer = await http({ method: 'PUT', url: allowed(url, rule), headers: { 'content-type': type }, body });
  if (answer.status < 200 || answer.status >= 300) throw failed('taken', answer.status);
}

/** Throws CHANNEL_ANSWER_INVALID for one that is too large, or compressed and broken. */
export async function getDocument(
  { http }: ChannelTools,
  rule: DocumentRule,
  { url, compressionAlgorithm }: { url: string; compressionAlgorithm?: string | undefined },
): Promise<string> {
  const isGzip = compressionAlgorithm === 'GZIP';
  const answer = await http({ method: 'GET', url: allowed(url, rule), ...(isGzip && { isGzip }) });
  if (answer.status < 200 || answer.status >= 300) throw failed('given', answer.status);
  return answer.text;
}

/** An address comes from Amazon's answer: it is followed to Amazon's stores of documents and nowhere else (X2). */
function allowed(url: string, { hosts, secure }: DocumentRule): string {
  const target = URL.canParse(url) ? new URL(url) : undefined;
  const isSafe = target?.protocol === 'https:' || (target?.protocol === 'http:' && !secure);
  const isKnown = hosts.some((host) => target?.hostname === host || target?.hostname.endsWith(`.${host}`));
  if (isSafe && isKnown) return url;
  const detail = `Amazon names ${target?.host.slice(0, 100) ?? 'no address'} for a document; none of documentHosts is that.`;
  throw new ChannelFailure('CHANNEL_ANSWER_INVALID', detail, { inDoubt: false });
}

function failed(what: string, status: number): ChannelFailure {
  const detail = `Amazon's store of documents answered ${status}; nothing was ${what}.`;
  return new ChannelFailure('CHANNEL_FAILED', detail, { inDoubt: false });
}

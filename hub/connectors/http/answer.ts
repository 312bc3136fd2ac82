import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { retryAfterMs } from '#hub/outbox/retries.ts';
import { ChannelFailure } from '../channel-failure.ts';
import type { HttpAnswer } from './http.ts';

const SHOWN_CHARS = 200;
/** What is refused because of what was sent. Any other 4xx is about the address or the state of the channel. */
const REFUSING = new Set([400, 409, 413, 422]);

/** Throws what an answer that is not 2xx means: throttled, not allowed, refused or failed. */
export function requireOk(answer: HttpAnswer, now: number): void {
  const { status } = answer;
  if (status >= 200 && status < 300) return;
  const asked = answer.headers['retry-after'];
  const waitMs = retryAfterMs(typeof asked === 'string' ? asked : undefined, now);
  const detail = `The channel answered ${status}: ${excerpt(answer.text)}`;
  if (status === 429) throw new ChannelFailure('CHANNEL_THROTTLED', detail, { inDoubt: false, retryAfterMs: waitMs });
  if (status === 401 || status === 403) throw new ChannelFailure('CHANNEL_UNAUTHORIZED', detail, { inDoubt: false });
  if (status >= 500) throw new ChannelFailure('CHANNEL_FAILED', detail, { retryAfterMs: waitMs });
  if (REFUSING.has(status)) throw new ChannelFailure('CHANNEL_REFUSED', detail, { inDoubt: false });
  if (status >= 400) throw new ChannelFailure('CHANNEL_FAILED', detail, { inDoubt: false });
  throw new ChannelFailure('CHANNEL_ANSWER_INVALID', `${detail}; redirects are not followed.`);
}

/** The body by its schema; throws CHANNEL_ANSWER_INVALID, as for HTML. */
export function readJson<Schema extends z.ZodType>(answer: HttpAnswer, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(answer.text);
  } catch (cause) {
    throw new ChannelFailure('CHANNEL_ANSWER_INVALID', `The answer is no JSON: ${excerpt(answer.text)}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ChannelFailure('CHANNEL_ANSWER_INVALID', `In the answer: ${describeIssues(parsed.error)}`);
}

/** One line of what came, for people. */
export function excerpt(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\s]+/gu, ' ').trim();
  if (line === '') return 'nothing';
  return line.length > SHOWN_CHARS ? `${line.slice(0, SHOWN_CHARS)}...`.toWellFormed() : line;
}

import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { retryAfterMs } from '#hub/outbox/retries.ts';
import { excerpt } from '../../http/answer.ts';
import { ErpFailure } from '../connector.ts';
import type { HttpAnswer } from './http.ts';

/** What an answer that is not 2xx means, as far as HTTP says it. `why` is what the ERP itself says. */
export function failureOf(answer: HttpAnswer, now: number, why = excerpt(answer.text)): ErpFailure {
  const { status } = answer;
  const asked = answer.headers['retry-after'];
  const waitMs = retryAfterMs(typeof asked === 'string' ? asked : undefined, now);
  const detail = `The ERP answered ${status}: ${why}`;
  const options = { retryAfterMs: waitMs };
  if (status === 429) return new ErpFailure('ERP_THROTTLED', detail, options);
  if (status === 401 || status === 403) return new ErpFailure('ERP_UNAUTHORIZED', detail);
  // That the address itself is wrong is the same for every document.
  if (status >= 500 || status === 404 || status === 405 || status === 408)
    return new ErpFailure('ERP_FAILED', detail, options);
  if (status >= 400) return new ErpFailure('ERP_REFUSED', detail);
  return new ErpFailure('ERP_ANSWER_INVALID', `${detail}; redirects are not followed.`);
}

/** The body by its schema; throws ERP_ANSWER_INVALID, as for HTML. */
export function readJson<Schema extends z.ZodType>({ text }: HttpAnswer, schema: Schema): z.output<Schema> {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (cause) {
    throw new ErpFailure('ERP_ANSWER_INVALID', `The answer is no JSON: ${excerpt(text)}`, { cause });
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new ErpFailure('ERP_ANSWER_INVALID', `In the answer: ${describeIssues(parsed.error)}`);
}

/** A page for people where a program was asked. */
export function isHtml({ headers, text }: HttpAnswer): boolean {
  return String(headers['content-type'] ?? '').includes('html') || /^\s*<(!doctype|html)/i.test(text.slice(0, 200));
}

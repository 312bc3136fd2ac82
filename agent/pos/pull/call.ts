import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';

const ANSWER_BYTES_MAX = 32 * 1024 * 1024;
const TIMEOUT_MS = 30_000;
const RETRY_AFTER_MS_MAX = 3_600_000;

export interface PullCall {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  /** Posted as JSON; left out: GET. */
  readonly body?: unknown;
  readonly signal: AbortSignal;
}

export interface PullAnswer {
  readonly value: unknown;
  /** The server's clock, ms since 1970, where it says it. */
  readonly serverNow: number | null;
}

/**
 * Asks a point of sale. Throws POS_UNREACHABLE, POS_UNAUTHORIZED (401, 403), POS_BUSY with `retryAfterMs` (429, 503) and
 * POS_ANSWER_INVALID (pages, redirects, refusals). Nothing that was sent is in what it throws.
 */
export async function ask({ url, headers, body, signal }: PullCall): Promise<PullAnswer> {
  const { response, text } = await fetched(url, {
    method: body === undefined ? 'GET' : 'POST',
    headers: {
      accept: 'application/json',
      ...headers,
      ...(body === undefined ? {} : { 'content-type': 'application/json' }),
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
    redirect: 'manual',
    signal: AbortSignal.any([signal, AbortSignal.timeout(TIMEOUT_MS)]),
  });
  const said = `It answered ${response.status}: ${excerpt(text)}`;
  if (response.status === 401 || response.status === 403) throw new ShelfwireError('POS_UNAUTHORIZED', said);
  if (response.status === 429 || response.status === 503)
    throw new ShelfwireError('POS_BUSY', said, { context: { retryAfterMs: retryAfterMs(response) } });
  if (response.status >= 500) throw new ShelfwireError('POS_UNREACHABLE', said);
  if (response.status !== 200) throw new ShelfwireError('POS_ANSWER_INVALID', said);
  const date = Date.parse(response.headers.get('date') ?? '');
  try {
    return { value: JSON.parse(text) as unknown, serverNow: Number.isFinite(date) ? date : null };
  } catch (cause) {
    throw new ShelfwireError('POS_ANSWER_INVALID', `A page came, no answer: ${excerpt(text)}`, { cause });
  }
}

/** By its schema, or POS_ANSWER_INVALID naming the field. */
export function readAnswer<Schema extends z.ZodType>(schema: Schema, value: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(value);
  if (!success) throw new ShelfwireError('POS_ANSWER_INVALID', `In the answer: ${describeIssues(error)}`);
  return data;
}

async function fetched(url: string, init: RequestInit): Promise<{ response: Response; text: string }> {
  try {
    const response = await fetch(url, init);
    const chunks: Uint8Array[] = [];
    let bytes = 0;
    for await (const chunk of response.body ?? []) {
      bytes += chunk.length;
      if (bytes > ANSWER_BYTES_MAX) throw new ShelfwireError('POS_ANSWER_INVALID', 'The answer has more than 32 MiB.');
      chunks.push(chunk);
    }
    return { response, text: Buffer.concat(chunks).toString('utf8') };
  } catch (error) {
    if (error instanceof ShelfwireError) throw error;
    const cause = error instanceof Error ? (error.cause ?? error) : error;
    const why = cause instanceof Error ? ((cause as NodeJS.ErrnoException).code ?? cause.name) : 'no answer';
    throw new ShelfwireError('POS_UNREACHABLE', `${new URL(url).host} does not answer (${why}).`, { cause: error });
  }
}

/** Seconds or a date; undefined where it says nothing. */
function retryAfterMs(response: Response): number | undefined {
  const given = response.headers.get('retry-after');
  if (given === null) return undefined;
  const ms = /^\d{1,9}$/.test(given) ? Number(given) * 1_000 : Date.parse(given) - Date.now();
  return Number.isFinite(ms) ? Math.max(0, Math.min(ms, RETRY_AFTER_MS_MAX)) : undefined;
}

function excerpt(text: string): string {
  const line = text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\s]+/gu, ' ').trim();
  return line === '' ? 'nothing' : line.slice(0, 200).toWellFormed();
}

import type { Request } from 'express';
import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { readRequestText } from './request-text.ts';

/** A body as JSON; nothing is an object without fields. Throws BODY_TOO_LARGE, BODY_NOT_JSON. */
export async function readRequestJson(request: Request, bytesMax: number): Promise<unknown> {
  const { text, complete, isText } = await readRequestText(request, bytesMax);
  if (!complete) throw new ShelfwireError('BODY_TOO_LARGE', `The body has more than ${bytesMax} bytes.`);
  if (text === '') return {};
  try {
    if (isText) return JSON.parse(text) as unknown;
  } catch {
    // Said below.
  }
  throw new ShelfwireError('BODY_NOT_JSON', 'The body is not JSON.');
}

/** What came, by its schema. Throws REQUEST_INVALID. */
export function readGiven<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', `In ${where}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Person } from '#shared/agent-api/answers.ts';
import { COUNT_ACTS_PER_REQUEST, countAct, countKey, countOpening } from '#shared/agent-api/count-acts.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import type { Counts } from '#agent/store/counts/counts.ts';
import type { CountReviews } from '#agent/store/counts/reviews.ts';
import { readRequestText } from '../http/request-text.ts';

/** A list of 5,000 skus, and what waited in a browser. */
const BODY_BYTES_MAX = 1024 * 1024;

const opening = countOpening.extend({ id: countKey });
/** `by`: whose acts they are. A page may be older than the session of its browser, in which somebody else has signed in. */
const acts = z.strictObject({ by: text.optional(), acts: z.array(countAct).min(1).max(COUNT_ACTS_PER_REQUEST) });
const approval = z.strictObject({ version: z.int().min(1) });
const cancellation = z.strictObject({ reason: text });
const listing = z.strictObject({
  state: z.enum(['open', 'ended']).default('open'),
  cursor: z
    .string()
    .regex(/^\d{1,9}$/, 'must be a cursor')
    .transform(Number)
    .default(0),
  limit: z
    .string()
    .regex(/^\d{1,3}$/, 'must be a whole number')
    .transform(Number)
    .pipe(z.int().min(1).max(200))
    .default(50),
});

export type PersonOf = (response: Response) => Person | undefined;

export interface CountEdges {
  readonly counts: Counts;
  readonly reviews: CountReviews;
  /** Brings an approved count into the journal. */
  readonly finish: (id: string) => Promise<void>;
  readonly personOf: PersonOf;
  readonly isOpen: () => boolean;
}

/** `/v1/counts`: for people who are signed in. Programs post counts as facts. */
export function countRoutes({ counts, reviews, finish, personOf, isOpen }: CountEdges): Router {
  const router = Router();
  const answer = (
    method: 'get' | 'post',
    path: string,
    work: (person: Person, request: Request, response: Response) => Promise<unknown>,
  ): void => {
    const respond = async (request: Request, response: Response): Promise<void> => {
      if (!isOpen()) throw new ShelfwireError('JOURNAL_CLOSED', 'The agent does not take counts at the moment.');
      const person = personOf(response);
      if (person === undefined) throw new ShelfwireError('FORBIDDEN', 'This is for people who are signed in.');
      response.json(await work(person, request, response));
    };
    // The promise is returned: express answers its rejection as a problem.
    router[method](path, (request, response) => respond(request, response));
  };
  const idOf = (request: Request) => read(countKey, request.params['count'], 'the address');

  answer('get', '/v1/counts', async ({ role }, request) => {
    const { state, cursor, limit } = read(listing, request.query, 'the query');
    const all = counts.list(state === 'ended');
    return {
      items: all.slice(cursor, cursor + limit).map((count) => count.header(role === 'manager')),
      nextCursor: cursor + limit < all.length ? String(cursor + limit) : null,
    };
  });
  answer('post', '/v1/counts', async (person, request, response) => {
    const { id, ...given } = read(opening, await readJson(request), 'the body');
    const header = await counts.begin(id, person, given);
    response.status(201);
    return header;
  });
  answer('get', '/v1/counts/:count', (person, request) => reviews.view(idOf(request), person));
  answer('post', '/v1/counts/:count/acts', async (person, request) => {
    const { by = person.name, acts: said } = read(acts, await readJson(request), 'the body');
    if (by !== person.name) {
      const remedy = `Sign in as ${by}: then they are taken.`;
      throw new ShelfwireError('UNAUTHORIZED', `These are acts of ${by}, and ${person.name} is signed in.`, { remedy });
    }
    return counts.act(idOf(request), person, said);
  });
  answer('get', '/v1/counts/:count/review', (person, request) => reviews.review(idOf(request), person));
  answer('post', '/v1/counts/:count/approve', async (person, request) => {
    const id = idOf(request);
    await counts.approve(id, person, read(approval, await readJson(request), 'the body').version);
    await finish(id);
    return (await counts.get(id)).header(true);
  });
  answer('post', '/v1/counts/:count/cancel', async (person, request) => {
    const id = idOf(request);
    await counts.cancel(id, person, read(cancellation, await readJson(request), 'the body').reason);
    return (await counts.get(id)).header(person.role === 'manager');
  });
  return router;
}

async function readJson(request: Request): Promise<unknown> {
  const { text: sent, complete, isText } = await readRequestText(request, BODY_BYTES_MAX);
  if (!complete) throw new ShelfwireError('BODY_TOO_LARGE', `The body has more than ${BODY_BYTES_MAX} bytes.`);
  try {
    if (isText) return JSON.parse(sent) as unknown;
  } catch {
    // Said below.
  }
  throw new ShelfwireError('BODY_NOT_JSON', 'The body is not JSON.');
}

function read<Schema extends z.ZodType>(schema: Schema, given: unknown, where: string): z.output<Schema> {
  const parsed = schema.safeParse(given);
  if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', `In ${where}: ${describeIssues(parsed.error)}`);
  return parsed.data;
}

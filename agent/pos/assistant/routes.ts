import { json, Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Person } from '#shared/agent-api/answers.ts';
import { TABLE_ENCODINGS } from '#shared/agent-api/sources.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { AppFeeds } from './feeds-of-the-app.ts';
import { lookAt } from './look.ts';
import type { Samples } from './samples.ts';
import { tryFeed, type Missing } from './trial.ts';

const feedName = z.string().regex(/^[a-z0-9][a-z0-9-]{0,31}$/, 'must be 1-32 of a-z, 0-9, "-"');
const settings = z.record(z.string().max(64), z.unknown());
const saving = z.strictObject({ feed: settings, basedOn: z.int().min(0) });
const removal = z.strictObject({
  basedOn: z
    .string()
    .regex(/^\d{1,9}$/)
    .transform(Number),
});
const fromFeed = z.strictObject({
  feed: feedName,
  place: z.enum(['drop', 'rejected', 'done']),
  file: z.string().min(1).max(255),
});
const trying = z.strictObject({ feed: settings });
const sampleId = z.string().regex(/^[0-9a-f]{24}$/, 'must be the id of a file');
const upload = z.strictObject({ name: text });
const look = z.strictObject({
  encoding: z.enum(TABLE_ENCODINGS).optional(),
  delimiter: z.string().length(1).optional(),
  hasHeader: z
    .enum(['true', 'false'])
    .transform((given) => given === 'true')
    .optional(),
});

/** They name folders of this machine, so they are not for other devices of the store. */
export const ASSISTANT_PATHS = ['/v1/feeds', '/v1/samples'];

export interface AssistantParts {
  readonly feeds: AppFeeds;
  readonly samples: Samples;
  readonly clock: Clock;
  readonly unknownSkus: Missing;
  readonly managerOf: (response: Response) => Person;
}

/** Feeds, and what helps to set them up: for managers. */
export function assistantRoutes({ feeds, samples, clock, unknownSkus, managerOf }: AssistantParts): Router {
  const router = Router();
  const body = json({ limit: 256 * 1024 });
  const answer = (work: (request: Request, person: Person) => unknown) => {
    const respond = async (request: Request, response: Response): Promise<void> => {
      response.json(await work(request, managerOf(response)));
    };
    // The promise is returned: express answers its rejection as a problem.
    return (request: Request, response: Response) => respond(request, response);
  };
  const nameOf = (request: Request) => parsed(feedName, request.params['name']);
  const sampleOf = (request: Request) => samples.pathOf(parsed(sampleId, request.params['id']));
  router.get(
    '/v1/feeds',
    answer(() => ({ feeds: feeds.list() })),
  );
  router.put(
    '/v1/feeds/:name',
    body,
    answer((request, { name: by }) => {
      const { feed, basedOn } = parsed(saving, request.body);
      return feeds.save(nameOf(request), feed, basedOn, by);
    }),
  );
  router.delete(
    '/v1/feeds/:name',
    answer(async (request, { name: by }) => {
      await feeds.remove(nameOf(request), parsed(removal, request.query).basedOn, by);
      return {};
    }),
  );
  router.get(
    '/v1/feeds/:name/files',
    answer(async (request) => ({ files: await feeds.files(nameOf(request)) })),
  );
  router.post(
    '/v1/samples',
    answer((request) => samples.receive(parsed(upload, request.query).name, request)),
  );
  router.post(
    '/v1/samples/from-feed',
    body,
    answer((request) => {
      const given = parsed(fromFeed, request.body);
      return samples.copy(given.file, feeds.pathOf(given.feed, given));
    }),
  );
  router.get(
    '/v1/samples/:id/look',
    answer((request) => lookAt(sampleOf(request), parsed(look, request.query))),
  );
  router.post(
    '/v1/samples/:id/trial',
    body,
    answer((request) => {
      const feed = feeds.draft(parsed(trying, request.body).feed);
      return tryFeed(feed, sampleOf(request), { clock, unknownSkus });
    }),
  );
  return router;
}

/** By its schema, or REQUEST_INVALID naming what is wrong. */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given ?? {});
  if (!success) throw new ShelfwireError('REQUEST_INVALID', describeIssues(error));
  return data;
}

import { json, Router, type Request, type Response } from 'express';
import { z } from 'zod';
import type { Person } from '#shared/agent-api/answers.ts';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import { VERBATIM_CHARS_MAX } from '../intake.ts';
import { FIELDS_MAX } from './mender.ts';
import type { Repairs } from './repairs.ts';

const id = z.string().min(1).max(64);
const dismissal = z.strictObject({ reason: text });
const dismissals = z.strictObject({ source: text, code: z.string().min(1).max(64), reason: text });
const correction = z
  .strictObject({
    fields: z.record(z.string().max(200), z.string().max(4_096)).optional(),
    text: z.string().min(1).max(VERBATIM_CHARS_MAX).optional(),
  })
  .refine(({ fields, text }) => (fields === undefined) !== (text === undefined), 'must have either fields or text')
  .refine(({ fields = {} }) => Object.keys(fields).length <= FIELDS_MAX, 'has too many fields');

/** What people do about what was set aside. To look is everybody's; to decide is a manager's. */
export function repairRoutes(repairs: Repairs, managerOf: (response: Response) => Person): Router {
  const router = Router();
  const body = json({ limit: 2 * VERBATIM_CHARS_MAX });
  const answer = (work: (request: Request, response: Response) => Promise<unknown>) => {
    const respond = async (request: Request, response: Response): Promise<void> => {
      response.json(await work(request, response));
    };
    // The promise is returned: express answers its rejection as a problem.
    return (request: Request, response: Response) => respond(request, response);
  };
  const idOf = (request: Request) => parsed(id, request.params['id']);
  router.get(
    '/v1/quarantine/:id',
    answer((request) => repairs.detail(idOf(request))),
  );
  router.post(
    '/v1/quarantine/dismiss',
    body,
    answer(async (request, response) => {
      const { reason, ...of } = parsed(dismissals, request.body);
      return { dismissed: await repairs.dismissAll(of, managerOf(response), reason) };
    }),
  );
  router.post(
    '/v1/quarantine/:id/resend',
    body,
    answer((request, response) => {
      const { fields, text } = parsed(correction, request.body);
      const given = { ...(fields === undefined ? {} : { fields }), ...(text === undefined ? {} : { text }) };
      return repairs.resend(idOf(request), managerOf(response), given);
    }),
  );
  router.post(
    '/v1/quarantine/:id/dismiss',
    body,
    answer((request, response) =>
      repairs.dismiss(idOf(request), managerOf(response), parsed(dismissal, request.body).reason),
    ),
  );
  router.post(
    '/v1/quarantine/:id/reopen',
    answer((request, response) => repairs.reopen(idOf(request), managerOf(response))),
  );
  router.post(
    '/v1/quarantine/:id/read-again',
    answer((request, response) => repairs.readAgain(idOf(request), managerOf(response))),
  );
  return router;
}

/** By its schema, or REQUEST_INVALID naming what is wrong. */
function parsed<Schema extends z.ZodType>(schema: Schema, given: unknown): z.output<Schema> {
  const { success, data, error } = schema.safeParse(given ?? {});
  if (!success) throw new ShelfwireError('REQUEST_INVALID', describeIssues(error));
  return data;
}

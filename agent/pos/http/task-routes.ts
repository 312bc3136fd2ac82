import { Router, type Request, type Response } from 'express';
import { z } from 'zod';
import { key as keySchema, orderLine, sku, text, units } from '#shared/protocol/fields.ts';
import type { TaskStep } from '#shared/protocol/facts/task.ts';
import type { TaskAnswer } from '#agent/store/tasks.ts';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { readGiven, readRequestJson } from './request-json.ts';

const BODY_BYTES_MAX = 64 * 1024;
const LINES_MAX = 500;

const lines = z
  .array(z.strictObject({ line: orderLine, quantity: units, substitute: sku.optional() }))
  .min(1)
  .max(LINES_MAX)
  .optional();
const some = z.strictObject({ lines });
const nothing = z.strictObject({ lines: z.undefined().optional() });
const because = z.strictObject({ lines, reason: text });
const taskNumber = z
  .string()
  .regex(/^[1-9]\d{0,14}$/, 'must be the number of a task')
  .transform(Number);

/** What the store can say of a task, by the last part of the address. */
const STEPS: readonly (readonly [string, TaskStep, z.ZodType<{ lines?: TaskAnswer['lines']; reason?: string }>])[] = [
  ['accept', 'accepted', nothing],
  ['reject', 'rejected', because],
  ['pick', 'picked', some],
  ['hand-over', 'handedOver', some],
  ['ship', 'shipped', some],
];

export interface TaskEdges {
  answer(given: TaskAnswer): Promise<TaskView>;
  /** By which way a request came, and who sent it. */
  sourceOf(response: Response): string;
  correlationIdOf(request: Request): string | undefined;
}

/** `POST /v1/tasks/TASK/accept`, `reject`, `pick`, `hand-over`, `ship`: what the store does for an order, online or not. */
export function taskRoutes(edges: TaskEdges): Router {
  const router = Router();
  for (const [path, step, schema] of STEPS) {
    const post = async (request: Request, response: Response): Promise<void> => {
      const task = readGiven(taskNumber, request.params['task'], 'the address');
      const header = request.get('Idempotency-Key');
      const given = readGiven(schema, await readRequestJson(request, BODY_BYTES_MAX), 'the body');
      const view = await edges.answer({
        task,
        step,
        lines: given.lines,
        reason: given.reason,
        key: header === undefined ? undefined : readGiven(keySchema, header, 'Idempotency-Key'),
        source: edges.sourceOf(response),
        correlationId: edges.correlationIdOf(request),
      });
      response.json(view);
    };
    // The promise is returned: express answers its rejection as a problem.
    router.post(`/v1/tasks/:task/${path}`, (request, response) => post(request, response));
  }
  return router;
}

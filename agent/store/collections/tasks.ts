import type { RxJsonSchema } from 'rxdb';
import type { TaskDocument as WireTask } from '#shared/protocol/messages/pull.ts';
import { textField } from './fields.ts';

/** What this store is to do for an order, from the hub; `id` is `downId(task)`. */
export type TaskDocument = Omit<WireTask, 'deleted'> & { id: string };

export const tasksSchema: RxJsonSchema<TaskDocument> = {
  title: 'tasks',
  version: 0,
  primaryKey: 'id',
  type: 'object',
  properties: {
    id: textField(32),
    task: { type: 'integer' },
    kind: { type: 'string' },
    state: { type: 'string' },
    order: { type: 'object' },
    customer: { type: ['object', 'null'] },
    dueAt: { type: ['integer', 'null'] },
    reason: { type: ['string', 'null'] },
    conflict: { type: ['string', 'null'] },
    lines: { type: 'array' },
    answers: { type: 'array' },
  },
  required: ['id', 'task', 'kind', 'state', 'order', 'lines', 'answers'],
};

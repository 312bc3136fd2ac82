import { z } from 'zod';
import { TASK_STATES } from '#shared/protocol/messages/pull.ts';
import { natural, shownInstant } from './fields.ts';

export const SHOWN_TASK_STATES = ['pendingStore', ...TASK_STATES] as const;

export const taskListed = z
  .strictObject({
    id: natural,
    order: natural,
    channel: z.string(),
    channelOrderId: z.string(),
    location: z.string(),
    kind: z.enum(['collect', 'ship']),
    state: z
      .enum(SHOWN_TASK_STATES)
      .describe('`pendingStore`: open, and the store is not connected or not known to have it.'),
    lines: z.array(
      z.strictObject({
        line: z.string(),
        sku: z.string(),
        substitution: z.literal('store').optional().describe('The store may give something else; absent: it may not.'),
        replaces: z
          .string()
          .optional()
          .describe("The line's own sku, instead of which the store gives this one; absent: it is the line's own."),
        units: natural.describe('To be handed over still.'),
        picked: natural.describe('Of them.'),
        handed: natural,
        holds: z.array(z.strictObject({ reservation: natural, units: natural })),
      }),
    ),
    dueAt: shownInstant.nullable(),
    reason: z.string().nullable().describe('Why the store rejected it, or a part of it.'),
    conflict: z
      .strictObject({
        number: natural.describe('By which it is closed.'),
        code: z.literal('TASK_CONFLICT'),
        detail: z.string(),
        remedy: z.string(),
      })
      .nullable()
      .describe('What the store did and the order could not take, until somebody has closed it.'),
    madeAt: shownInstant,
    takenAt: shownInstant.nullable().describe('When the store was known to have it as it is.'),
    acceptedAt: shownInstant.nullable(),
    endedAt: shownInstant.nullable(),
  })
  .meta({ id: 'Task' });

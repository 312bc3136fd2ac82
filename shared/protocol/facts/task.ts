import { z } from 'zod';
import { key, orderLine, reservationNumber, sku, storeCode, taskNumber, text, units } from '../fields.ts';
import { LIMITS } from '../limits.ts';

/** What a store says of a task. `handedOver` gives units to the customer who collects, `shipped` to the carrier. */
export const TASK_STEPS = ['accepted', 'rejected', 'picked', 'handedOver', 'shipped'] as const;
export type TaskStep = (typeof TASK_STEPS)[number];

const line = z.strictObject({
  /** Of the order. */
  line: orderLine,
  /** What is in the store's hand: another one than the line's own replaces it, where the order allows that. */
  sku,
  quantity: units,
  /** Whose units leave: the hold goes with them (M6). */
  reservation: reservationNumber.optional(),
});

/**
 * A store's answer to a task of an order. Units of `handedOver` and `shipped` leave onHand, like those of a sale. `rejected`
 * names the units that the store cannot give, and why; `accepted` names none.
 */
export const task = z
  .strictObject({
    task: taskNumber,
    /** Whose task it is: a hub that was restored gives numbers of tasks and reservations again, to others. */
    order: z.strictObject({ channel: storeCode, id: key }).optional(),
    step: z.enum(TASK_STEPS),
    reason: text.optional(),
    lines: z.array(line).max(LIMITS.linesPerFact),
  })
  .refine(({ step, lines }) => (step === 'accepted') === (lines.length === 0), {
    path: ['lines'],
    message: 'none for accepted, at least one for every other step',
  })
  .refine(({ step, reason }) => step !== 'rejected' || reason !== undefined, {
    path: ['reason'],
    message: 'must say why',
  });

import { z } from 'zod';
import { instant, text } from '../fields.ts';

/** What a store tells the hub about itself now and then. */
export const statusReport = z.strictObject({
  lastSeq: z.int().min(0),
  backlog: z.int().min(0),
  /** `at` of the oldest fact that is not acknowledged. */
  oldestUnsentAt: instant.nullable(),
  /** Documents in the agent's own quarantine. */
  quarantined: z.int().min(0),
  clockOffsetMs: z.int(),
  agentVersion: text,
});
export type StatusReport = z.infer<typeof statusReport>;

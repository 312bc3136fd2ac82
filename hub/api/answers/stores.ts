import { z } from 'zod';
import { natural, shownInstant } from './fields.ts';

const device = z
  .strictObject({
    device: natural,
    name: z.string(),
    enrolledAt: shownInstant,
    revoked: z.strictObject({ at: shownInstant, reason: z.string().nullable() }).nullable(),
    journal: z.strictObject({ journal: natural, epoch: shownInstant.nullable() }).nullable(),
    watermark: natural,
    advancedAt: shownInstant.nullable(),
    asOf: shownInstant.nullable(),
    lagMs: z.number().nullable(),
    connected: z.boolean(),
    connectedSince: shownInstant.nullable(),
    disconnectedAt: shownInstant.nullable(),
    reportedAt: shownInstant.nullable(),
    lastSeq: natural.nullable(),
    backlog: natural.nullable(),
    oldestUnsentAt: shownInstant.nullable(),
    quarantined: natural.nullable(),
    clockOffsetMs: z.number().nullable(),
    clockWrong: z.boolean(),
    agentVersion: z.string().nullable(),
    protocol: z.int().nullable(),
  })
  .meta({ id: 'Device' });

export const store = z
  .strictObject({
    code: z.string(),
    name: z.string(),
    connected: z.boolean(),
    asOf: shownInstant.nullable(),
    lagMs: z.number().nullable(),
    backlog: natural,
    devices: z.array(device),
  })
  .meta({ id: 'Store' });

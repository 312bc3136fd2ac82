import { z } from 'zod';
import { jobRequest } from '#hub/availability/what-if/jobs/job-request.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { natural, shownInstant } from './fields.ts';

const job = {
  job: natural,
  state: z.enum(['waiting', 'running', 'done', 'failed', 'cancelled']),
  phase: z.enum(['reading', 'replaying']).nullable(),
  progress: z.number().min(0).max(1),
  createdBy: z.string(),
  createdAt: shownInstant,
  startedAt: shownInstant.nullable(),
  finishedAt: shownInstant.nullable(),
  request: jobRequest.safeExtend({ from: shownInstant, to: shownInstant }),
  error: z
    .strictObject({
      code: z.enum(Object.keys(ERRORS) as [ErrorCode, ...ErrorCode[]]),
      detail: z.string(),
      remedy: z.string(),
    })
    .nullable(),
};

const line = z.strictObject({
  policy: z.string(),
  channel: z.string().nullable().describe('Null: all channels together.'),
  publishedUnits: z.number(),
  withheldUnits: z.number(),
  orders: natural,
  soldUnits: z.int(),
  oversoldUnits: z.int(),
  cancelledOrders: natural,
  cancelledShare: z.number().nullable(),
  refusedInVain: z.int(),
});

const report = z.strictObject({
  from: z.number(),
  to: z.number(),
  locations: natural,
  positions: natural,
  silentShare: z.number(),
  lines: z.array(line),
});

export const whatIfJob = z.strictObject(job).meta({ id: 'WhatIfJob' });
export const whatIfJobInFull = z.strictObject({ ...job, report: report.nullable() }).meta({ id: 'WhatIfJobInFull' });

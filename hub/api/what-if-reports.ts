import { hash } from 'node:crypto';
import type { Pool } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { findJob } from '#hub/availability/what-if/jobs/job-list.ts';
import { REPORT_STYLES, reportChart, reportPage } from '#hub/availability/what-if/report-page.ts';
import type { Report } from '#hub/availability/what-if/report.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { route, type Route } from './route.ts';

/** Our style sheets and nothing else: no script, no address, no frame; whatever a name in the report holds. */
const CONTENT_SECURITY_POLICY = [
  "default-src 'none'",
  `style-src ${REPORT_STYLES.map((style) => `'sha256-${hash('sha256', style, 'base64')}'`).join(' ')}`,
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'",
  'sandbox',
].join('; ');

/** The report of a job for people: a page, or its picture alone. */
export function whatIfReportRoutes(pool: Pool, params: z.ZodType<{ job: number }>): Route[] {
  const shown = (path: string, summary: string, contentType: string, show: (report: Report) => string) =>
    route({
      method: 'get',
      path: `/v1/what-if-jobs/:job/${path}`,
      access: 'rules:read',
      summary,
      params,
      answer: z.string(),
      problems: ['NOT_FOUND', 'WHAT_IF_NOT_DONE'],
      contentType,
      async handle({ params: { job } }) {
        const { state, report } = await snapshot(pool, (client) => findJob(client, job));
        if (report === null) throw new ShelfwireError('WHAT_IF_NOT_DONE', `Job ${job} has no report: it is ${state}.`);
        return { headers: { 'Content-Security-Policy': CONTENT_SECURITY_POLICY }, body: show(report) };
      },
    });
  return [
    shown('page', 'The report as a page that needs nothing else.', 'text/html; charset=utf-8', reportPage),
    shown('page.svg', "The report's picture.", 'image/svg+xml; charset=utf-8', reportChart),
  ];
}

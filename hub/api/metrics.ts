import { z } from 'zod';
import { route, type Route } from './route.ts';

/** What exposes the metrics (hub/observability). */
export interface MetricsPort {
  readonly contentType: string;
  expose(): Promise<string>;
}

/** GET /metrics: Prometheus text. It needs a key like everything else: numbers of sales are nobody's business. */
export function metricsRoutes(metrics: MetricsPort): Route[] {
  return [
    route({
      method: 'get',
      path: '/metrics',
      access: 'metrics:read',
      summary: 'Metrics in the Prometheus text format.',
      answer: z.string(),
      contentType: metrics.contentType,
      handle: async () => ({ body: await metrics.expose() }),
    }),
  ];
}

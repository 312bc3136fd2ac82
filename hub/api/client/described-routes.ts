import type { ApiParts } from '../parts.ts';
import type { Route } from '../route.ts';
import { apiRoutes } from '../routes.ts';

/** The routes to look at, not to call: what they work with is not there. */
export function describedRoutes(): Route[] {
  return apiRoutes({ metrics: { contentType: 'text/plain' } } as unknown as ApiParts);
}

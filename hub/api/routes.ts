import { channelAvailabilityRoutes } from './channel-availability.ts';
import { channelRoutes } from './channels.ts';
import { countRoutes } from './counts.ts';
import { enrolRoutes } from './enrol.ts';
import { factRoutes } from './facts.ts';
import { healthRoutes } from './health.ts';
import { metricsRoutes } from './metrics.ts';
import { movementRoutes } from './movements.ts';
import { openApiRoutes } from './openapi.ts';
import type { ApiParts } from './parts.ts';
import { positionRoutes } from './positions.ts';
import { productRoutes } from './products.ts';
import { quarantineRoutes } from './quarantine.ts';
import type { Route } from './route.ts';
import { rulesVersionRoutes } from './rules-versions.ts';
import { rulesRoutes } from './rules.ts';
import { shortfallRoutes } from './shortfalls.ts';
import { storeConfigRoutes } from './store-config.ts';
import { storeCredentialRoutes } from './store-credentials.ts';
import { storeRoutes } from './stores.ts';

/** Every route of the API. A new resource is one file and one line. */
export function apiRoutes({ pool, sync, quarantine, metrics, rules, clock, version }: ApiParts): Route[] {
  const routes = [
    ...healthRoutes(pool, clock),
    ...metricsRoutes(metrics),
    ...enrolRoutes(sync),
    ...positionRoutes(pool),
    ...movementRoutes(pool),
    ...countRoutes(pool),
    ...shortfallRoutes(pool),
    ...storeRoutes(pool),
    ...storeConfigRoutes(pool),
    ...storeCredentialRoutes(sync),
    ...quarantineRoutes(pool, quarantine),
    ...productRoutes(pool),
    ...channelRoutes(pool, rules),
    ...channelAvailabilityRoutes(pool),
    ...rulesVersionRoutes(pool),
    ...rulesRoutes(pool, rules),
    ...factRoutes(pool),
  ];
  return [...routes, ...openApiRoutes(routes, version)];
}

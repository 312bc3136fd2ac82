import { adjustmentRoutes } from './adjustments.ts';
import { channelAccountRoutes } from './channel-accounts.ts';
import { channelAvailabilityRoutes } from './channel-availability.ts';
import { channelWebhookRoutes } from './channel-webhooks.ts';
import { channelRoutes } from './channels.ts';
import { comparisonRoutes } from './comparisons.ts';
import { countLimitRoutes } from './count-limits.ts';
import { countRoutes } from './counts.ts';
import { dayTotalRoutes } from './day-totals.ts';
import { differenceRoutes } from './differences.ts';
import { documentRoutes } from './document-routes.ts';
import { customerRoutes } from './customers.ts';
import { enrolRoutes } from './enrol.ts';
import { erpComparisonRoutes } from './erp-comparison.ts';
import { erpDocumentRoutes } from './erp-documents.ts';
import { erpMappingRoutes } from './erp-mappings.ts';
import { erpRoutes } from './erps.ts';
import { explainAvailabilityRoutes } from './explain-availability.ts';
import { factRoutes } from './facts.ts';
import { healthRoutes } from './health.ts';
import { heldCountRoutes } from './held-counts.ts';
import { inboundKeptRoutes } from './inbound-kept.ts';
import { inboundSourceRoutes } from './inbound-sources.ts';
import { inboundWebhookRoutes } from './inbound-webhooks.ts';
import { inboundRoutes } from './inbound.ts';
import { metricsRoutes } from './metrics.ts';
import { movementRoutes } from './movements.ts';
import { orderEffectRoutes } from './order-effects.ts';
import { orderRoutes } from './orders.ts';
import type { ApiParts } from './parts.ts';
import { positionRoutes } from './positions.ts';
import { productRuleRoutes } from './product-rules.ts';
import { productRoutes } from './products.ts';
import { publicationRoutes } from './publications.ts';
import { quarantineRoutes } from './quarantine.ts';
import { recomputeJobRoutes } from './recompute-jobs.ts';
import { reservationRoutes } from './reservations.ts';
import type { Route } from './route.ts';
import { rulesVersionRoutes } from './rules-versions.ts';
import { rulesRoutes } from './rules.ts';
import { settlementRoutes } from './settlements.ts';
import { shortfallRoutes } from './shortfalls.ts';
import { sourcingRoutes } from './sourcing.ts';
import { storeConfigRoutes } from './store-config.ts';
import { storeCredentialRoutes } from './store-credentials.ts';
import { storeRoutes } from './stores.ts';
import { taskRoutes } from './tasks.ts';
import { transferRoutes } from './transfers.ts';
import { untakenOrderRoutes } from './untaken-orders.ts';
import { unknownRoutes } from './unknown.ts';
import { webhookDeadLetterRoutes } from './webhook-dead-letters.ts';
import { webhookRoutes } from './webhooks.ts';
import { whatIfJobRoutes } from './what-if-jobs.ts';

/** Every route of the API. A new resource is one file and one line. */
export function apiRoutes(parts: ApiParts): Route[] {
  const { pool, sync, quarantine, counts, transfers, reservations, orders, webhooks, erps, inbound } = parts;
  const { channelAccounts, receiveWebhook } = parts;
  const { metrics, rules, clock, version } = parts;
  const routes = [
    ...healthRoutes(pool, clock),
    ...metricsRoutes(metrics),
    ...enrolRoutes(sync),
    ...positionRoutes(pool, clock),
    ...movementRoutes(pool),
    ...countRoutes(pool),
    ...heldCountRoutes(pool, counts),
    ...countLimitRoutes(pool, counts, clock),
    ...shortfallRoutes(pool),
    ...transferRoutes(pool, transfers),
    ...adjustmentRoutes(pool),
    ...unknownRoutes(pool),
    ...storeRoutes(pool),
    ...storeConfigRoutes(pool),
    ...storeCredentialRoutes(sync),
    ...quarantineRoutes(pool, quarantine),
    ...productRoutes(pool, clock),
    ...productRuleRoutes(pool),
    ...inboundSourceRoutes(inbound),
    ...inboundRoutes(inbound),
    ...inboundWebhookRoutes(inbound),
    ...inboundKeptRoutes(pool),
    ...channelRoutes(pool, rules),
    ...channelAvailabilityRoutes(pool),
    ...explainAvailabilityRoutes(pool, clock),
    ...reservationRoutes(pool, reservations),
    ...orderRoutes(pool, orders, clock),
    ...orderEffectRoutes(pool, orders),
    ...taskRoutes(pool, clock),
    ...customerRoutes(pool),
    ...sourcingRoutes(pool, orders),
    ...webhookRoutes(webhooks, clock),
    ...webhookDeadLetterRoutes(pool),
    ...channelAccountRoutes(channelAccounts),
    ...publicationRoutes(pool),
    ...untakenOrderRoutes(pool),
    ...channelWebhookRoutes(receiveWebhook),
    ...erpRoutes(erps),
    ...erpMappingRoutes(pool),
    ...erpComparisonRoutes(pool),
    ...erpDocumentRoutes(pool),
    ...comparisonRoutes(pool),
    ...differenceRoutes(pool),
    ...dayTotalRoutes(pool),
    ...settlementRoutes(pool),
    ...recomputeJobRoutes(pool),
    ...whatIfJobRoutes(pool, clock),
    ...rulesVersionRoutes(pool),
    ...rulesRoutes(pool, rules),
    ...factRoutes(pool),
  ];
  return [...routes, ...documentRoutes(routes, version)];
}

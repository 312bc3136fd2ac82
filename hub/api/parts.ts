import type { Pool } from 'pg';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { RulesPorts } from '#hub/availability/rules/rules-ports.ts';
import type { Erps } from '#hub/connectors/erp/admin/erps.ts';
import type { Inbound } from '#hub/inbound/inbound.ts';
import type { CountDecisions } from '#hub/ledger/count-decisions.ts';
import type { QuarantineDecisions } from '#hub/ledger/release.ts';
import type { TransferSettlements } from '#hub/ledger/settlements.ts';
import type { Orders } from '#hub/orders/orders.ts';
import type { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import type { Webhooks } from '#hub/outbox/webhooks.ts';
import type { Reservations } from '#hub/reservations/reservations.ts';
import type { ReceiveWebhook } from './channel-webhooks.ts';
import type { MetricsPort } from './metrics.ts';
import type { SyncPort } from './sync-port.ts';

/** What the API is made of; the composition root gives it. */
export interface ApiParts {
  readonly pool: Pool;
  readonly sync: SyncPort;
  readonly quarantine: QuarantineDecisions;
  readonly counts: CountDecisions;
  readonly transfers: TransferSettlements;
  readonly reservations: Reservations;
  readonly orders: Orders;
  readonly webhooks: Webhooks;
  readonly channelAccounts: ChannelAccounts;
  readonly receiveWebhook: ReceiveWebhook;
  readonly erps: Erps;
  readonly inbound: Inbound;
  readonly metrics: MetricsPort;
  readonly rules: RulesPorts;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly version: string;
}

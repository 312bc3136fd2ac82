import type { Clock } from '#shared/runtime/clock.ts';
import type { EventConnector } from './connector.ts';
import type { NatsOptions } from './nats/nats-options.ts';
import { createWebhooks } from './webhook/webhook.ts';

export interface EventParts {
  readonly clock: Clock;
  readonly toPrivate: boolean;
  /** Absent: this hub delivers nothing to NATS. */
  readonly nats: NatsOptions | undefined;
}

/** Every way by which events leave this hub. A new one is a folder, a line here, and a test that calls the contract suite. */
export async function eventConnectors({ clock, toPrivate, nats }: EventParts): Promise<EventConnector[]> {
  const connectors = [createWebhooks({ clock, toPrivate })];
  // Its client is loaded only where there is a NATS.
  if (nats !== undefined) connectors.push((await import('./nats/nats.ts')).createNats({ options: nats }));
  return connectors;
}

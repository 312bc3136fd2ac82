import { startDeliveries } from '#hub/connectors/event/deliver.ts';
import { createNats } from '#hub/connectors/event/nats/nats.ts';
import { createWebhooks } from '#hub/connectors/event/webhook/webhook.ts';
import { openPool } from '#hub/db/pool.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { natsAt } from './nats.ts';

/** A program that delivers messages of the database in its first argument, to a NATS in its second one too: to be killed. */
const [, , database = '', nats] = process.argv;
const connectors = [createWebhooks({ clock: systemClock, toPrivate: true })];
if (nats !== undefined) connectors.push(createNats({ options: natsAt(nats), window: 20 }));
startDeliveries({
  pool: openPool(database, { max: 2, applicationName: 'shelfwire-test-deliver' }),
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
  connectors,
  everyMs: 20,
  claimSeconds: 1,
});

import { Vault } from '#hub/connectors/accounts/vault.ts';
import { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { channelTasks } from '#hub/connectors/keep-channels.ts';
import { runAccounts } from '#hub/connectors/publishing/run-accounts.ts';
import { openPool } from '#hub/db/pool.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import { startRepeating } from '#shared/runtime/repeating.ts';

/** A program that publishes from the database in its first argument, with the keys in its second: to be killed. */
const pool = openPool(process.argv[2] ?? '', { max: 3, applicationName: 'shelfwire-test-channels' });
const vault = new Vault(process.argv[3] ?? '');
const accounts = new ChannelAccounts(pool, { vault, toPrivate: true });
const absent = (): Promise<never> => Promise.reject(new Error('no orders here'));
const orders = {
  follow: absent,
  seeCancelled: absent,
  act: absent,
  finish: absent,
  holdSold: absent,
  freeSold: absent,
};
for (const task of channelTasks({ pool, accounts, orders, logger: silentLogger, now: Date.now })) {
  startRepeating({ ...task, everyMs: 25, clock: systemClock, logger: silentLogger });
}
runAccounts({
  pool,
  clock: systemClock,
  random: systemRandom,
  logger: silentLogger,
  vault,
  orders,
  toPrivate: true,
  everyMs: 15,
  timeoutMs: 2_000,
  claimSeconds: 1,
  failures: { baseMs: 10, maxMs: 100 },
  observe: () => undefined,
});

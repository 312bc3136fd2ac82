// The peer's reservations: Medusa's inventory module with its locking module, as its own workflow uses them: the lock of
// the item around createReservationItems. Both in a process of their own, on a database of their own.
//
//   node medusa-reserve.mjs --database URL --cases JSON --seconds 3 [--skus 1000]
//
// Each case is {clients, hot}: so many at once reserve one unit each, of one item or of any. Prints one line of JSON:
// MedusaResult of test/bench/peer-medusa.ts. Ends without a result when its standard input ends.
import { parseArgs } from 'node:util';
import { MedusaModule } from '@medusajs/framework/modules-sdk';
import { ContainerRegistrationKeys, Modules, ModulesSdkUtils } from '@medusajs/framework/utils';

const { values } = parseArgs({
  options: {
    database: { type: 'string' },
    cases: { type: 'string' },
    seconds: { type: 'string', default: '3' },
    skus: { type: 'string', default: '1000' },
  },
});
for (const name of ['database', 'cases']) if (values[name] === undefined) throw new Error(`--${name} is missing`);
process.stdin.resume();
process.stdin.on('end', () => process.exit(1));
// What its migrations print must not come before the result.
const say = console.log;
console.log = () => undefined;
console.info = () => undefined;

const seconds = Number(values.seconds);
const noSsl = { connection: { ssl: false } };
const pool = { min: 0, max: 20 };
const connection = ModulesSdkUtils.createPgConnection({ clientUrl: values.database, driverOptions: noSsl, pool });
const options = { database: { clientUrl: values.database, driverOptions: noSsl, pool } };
await MedusaModule.migrateUp({ moduleKey: Modules.INVENTORY, modulePath: '@medusajs/inventory', options });
const silent = () => undefined;
const logger = { info: silent, warn: silent, error: silent, debug: silent, log: silent };
async function load(moduleKey, defaultPath, options) {
  const injectedDependencies = {
    [ContainerRegistrationKeys.PG_CONNECTION]: connection,
    [ContainerRegistrationKeys.LOGGER]: logger,
  };
  const loaded = await MedusaModule.bootstrap({
    moduleKey,
    defaultPath,
    declaration: { options },
    injectedDependencies,
  });
  return loaded[moduleKey];
}
const inventory = await load(Modules.INVENTORY, '@medusajs/inventory', options);
const locking = await load(Modules.LOCKING, '@medusajs/locking', {});

const items = [];
for (let from = 0; from < Number(values.skus); from += 250) {
  const skus = Array.from({ length: Math.min(250, Number(values.skus) - from) }, (_, n) => ({
    sku: `SKU-${from + n}`,
  }));
  items.push(...(await inventory.createInventoryItems(skus)).map(({ id }) => id));
}
await inventory.createInventoryLevels(
  items.map((id) => ({ inventory_item_id: id, location_id: 'S1', stocked_quantity: 100_000_000 })),
);

/** Its lock gives up after 5 s unless it is told to wait longer. */
const reserve = (id) =>
  locking.execute(
    [id],
    () => inventory.createReservationItems([{ inventory_item_id: id, location_id: 'S1', quantity: 1 }]),
    { timeout: 60 },
  );

async function measure({ clients, hot }, lengthMs) {
  const endsAt = performance.now() + lengthMs;
  let done = 0;
  const client = async () => {
    while (performance.now() < endsAt) {
      await reserve(hot ? items[0] : items[Math.floor(Math.random() * items.length)]);
      done += 1;
    }
  };
  const startedAt = performance.now();
  await Promise.all(Array.from({ length: clients }, client));
  return { clients, hot, perSecond: (done * 1000) / (performance.now() - startedAt), done };
}

await measure({ clients: 4, hot: false }, 500);
const results = [];
let made = 0;
for (const one of JSON.parse(values.cases)) {
  const result = await measure(one, seconds * 1000);
  made += result.done;
  results.push(result);
}
// Rates of reservations that are not there are none.
const [, total] = await inventory.listAndCountReservationItems({}, { take: 1 });
if (total < made) throw new Error(`${made} reservations were made, ${total} are there`);
say(JSON.stringify({ peer: '@medusajs/inventory 2.21.2 with @medusajs/locking (in memory)', results }));
process.exit(0);

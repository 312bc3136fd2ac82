import { parseArgs } from 'node:util';
import { setTimeout as delay } from 'node:timers/promises';
import { Link } from '../link.ts';
import { ALONE_KINDS, startAlone, type Alone } from './alone.ts';

const USAGE = `Usage: node test/support/emulators/main.ts KIND [options]
  An emulated channel or ERP by itself, and how it is entered at a hub. Ctrl-C ends it.
KIND is one of: ${ALONE_KINDS.join(', ')}
  --port N           where it listens, on this machine; a free port by default
  --channel CODE     code of the channel in the rules of the hub
  --sku SKU          a listing, may be repeated (erpnext: an item)
  --stock N          what each listing says at first; 0 by default
  --order-every N    every N seconds a customer orders one unit of a listing
  --hub URL --account N   where webhooks of these orders go; else the hub asks for them`;

const EVERY_MS = 500;

/** Throws for what cannot be understood. */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      port: { type: 'string', default: '0' },
      channel: { type: 'string' },
      sku: { type: 'string', multiple: true, default: [] },
      stock: { type: 'string', default: '0' },
      'order-every': { type: 'string' },
      hub: { type: 'string' },
      account: { type: 'string' },
    },
  });
  const whole = (name: string, text: string): number => {
    if (!/^\d{1,7}$/.test(text)) throw new Error(`--${name}: "${text}" is no whole number`);
    return Number(text);
  };
  const every = values['order-every'];
  return {
    kind: positionals[0] ?? '',
    port: whole('port', values.port),
    channel: values.channel,
    skus: values.sku,
    stock: whole('stock', values.stock),
    orderEveryMs: every === undefined ? undefined : Math.max(1, whole('order-every', every)) * 1_000,
    to: values.hub && values.account ? `${values.hub}/v1/channel-webhooks/${values.account}` : undefined,
  };
}

type Arguments = ReturnType<typeof readArguments>;

async function run(given: Arguments, alone: Alone, signal: AbortSignal): Promise<void> {
  const line = new Link(Number(new URL(alone.url).port));
  await line.open(given.port);
  console.log(
    `${given.kind} at ${line.url}\n\nA hub that is run with --private-webhooks and --private-erps takes it by:`,
  );
  for (const { path, body } of alone.entering(line.url)) {
    console.log(
      `  curl $HUB${path} -H "Authorization: Bearer $KEY" -H 'Content-Type: application/json' \\\n    -H "Idempotency-Key: $RANDOM" -d '${JSON.stringify(body)}'`,
    );
  }
  console.log('');
  let orderAt = performance.now() + (given.orderEveryMs ?? Number.POSITIVE_INFINITY);
  while (!signal.aborted) {
    for (const news of alone.news()) console.log(`${new Date().toISOString().slice(11, 19)}  ${news}`);
    if (performance.now() >= orderAt) {
      orderAt += given.orderEveryMs ?? 0;
      await order(given, alone);
    }
    await delay(EVERY_MS, undefined, { signal }).catch(() => undefined);
  }
  await line.close();
}

async function order({ skus, to }: Arguments, { shop: channel }: Alone): Promise<void> {
  const sku = skus[Math.floor(Math.random() * skus.length)];
  if (channel === undefined || sku === undefined || (channel.says(sku) ?? 0) < 1) return;
  const id = channel.buy(sku, 1);
  const told =
    to === undefined || channel.sendOrder === undefined
      ? ''
      : `, webhook answered ${await channel.sendOrder?.(id, to).catch(() => 'nothing')}`;
  console.log(`${new Date().toISOString().slice(11, 19)}  order ${id} of ${sku}${told}`);
}

const interrupted = new AbortController();
for (const name of ['SIGINT', 'SIGTERM'] as const) process.on(name, () => interrupted.abort());
try {
  const given = readArguments();
  const alone = await startAlone(given.kind, given);
  if (alone === undefined) throw new Error(`There is no kind "${given.kind}".`);
  try {
    await run(given, alone, interrupted.signal);
  } finally {
    await alone.stop();
  }
} catch (error) {
  console.error(`${error instanceof Error ? error.message : String(error)}\n\n${USAGE}`);
  process.exitCode = 2;
}

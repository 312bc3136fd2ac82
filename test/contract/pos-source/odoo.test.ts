import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseFeed } from '#agent/pos/feeds.ts';
import { configuredSource } from '#agent/pos/registry.ts';
import { PosOdoo } from '#test/support/emulators/pos-odoo.ts';
import { shortSpans } from '#test/support/short-spans.ts';
import { registerPosSourceTests } from './register.ts';

const PRODUCTS: Readonly<Record<string, number>> = { A: 1, B: 2 };

registerPosSourceTests('odoo', async (folder) => {
  const odoo = await PosOdoo.start();
  onTestFinished(() => odoo.stop());
  process.env['POS_SECRET'] = odoo.token;
  const feed = parseFeed({
    name: 'f',
    kind: 'odoo',
    url: odoo.url,
    database: 'shop',
    credentials: { env: 'POS_SECRET' },
  });
  return {
    open: (context) => configuredSource(feed, { ...context, ...shortSpans, stateFolder: join(folder, 'state') }),
    async sell(sales) {
      // One with a product that has no reference cannot be a fact.
      for (const { sku, units } of sales)
        odoo.add([{ product: units === 0 ? 4 : (PRODUCTS[sku] ?? 0), qty: units || 1, price: 1.5 }]);
    },
    // It is read again and again by itself.
    repeat: () => Promise.resolve(),
  };
});

import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import { parseFeed } from '#agent/pos/feeds.ts';
import { configuredSource } from '#agent/pos/registry.ts';
import { PosErpNext } from '#test/support/emulators/pos-erpnext.ts';
import { shortSpans } from '#test/support/short-spans.ts';
import { registerPosSourceTests } from './register.ts';

registerPosSourceTests('erpnext', async (folder) => {
  const erp = await PosErpNext.start();
  onTestFinished(() => erp.stop());
  process.env['POS_SECRET'] = erp.token;
  const { url, timeZone } = erp;
  const feed = parseFeed({ name: 'f', kind: 'erpnext', url, timeZone, credentials: { env: 'POS_SECRET' } });
  return {
    open: (context) => configuredSource(feed, { ...context, ...shortSpans, stateFolder: join(folder, 'state') }),
    async sell(sales) {
      // A sale with a line that comes back cannot be a fact.
      for (const { sku, units } of sales) erp.add([{ item: sku, qty: units || -1, rate: 1.5 }]);
    },
    // It is read again and again by itself.
    repeat: () => Promise.resolve(),
  };
});

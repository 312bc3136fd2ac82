import { odoo } from '#hub/connectors/erp/odoo/odoo.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { Odoo } from '#test/support/emulators/erp-odoo.ts';
import { PATIENCE_MS, erpContract } from './erp-contract.ts';

erpContract({
  name: 'odoo',
  speaksHttp: true,
  example: odoo.example,
  refused: {
    document: {
      act: 'write',
      target: 'stock.picking',
      payload: { move_ids: [{ product_id: { find: 'product.product', by: 'default_code', is: 'UNKNOWN' } }] },
    },
    says: 'Odoo has no product.product whose default_code is "UNKNOWN".',
  },
  async start() {
    const erp = await Odoo.start();
    return {
      server: erp.server,
      isRead: ({ path }) => path.endsWith('/search_read'),
      keys: () => erp.keys,
      stop: () => erp.stop(),
      connect: ({ secret = 'geheim-key', url = erp.server.url, timeoutMs = PATIENCE_MS } = {}) =>
        odoo.create(
          { url, database: 'shop' },
          { apiKey: secret },
          { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs },
        ),
    };
  },
});

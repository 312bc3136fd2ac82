import { expect, it } from 'vitest';
import { canonicalDocument } from '#hub/connectors/erp/mapping/canonical-document.ts';
import { render } from '#hub/connectors/erp/mapping/render.ts';
import { erpnext } from '#hub/connectors/erp/erpnext/erpnext.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { ErpNext } from '#test/support/emulators/erp-erpnext.ts';
import { PATIENCE_MS, erpContract } from './erp-contract.ts';

erpContract({
  name: 'erpnext',
  speaksHttp: true,
  example: erpnext.example,
  refused: {
    document: {
      act: 'write',
      target: 'Stock Entry',
      payload: {
        company: 'Your Company',
        stock_entry_type: 'Material Receipt',
        items: [{ item_code: 'UNKNOWN', qty: 1, t_warehouse: 'Store 1 - YC' }],
      },
    },
    says: 'LinkValidationError: Could not find Row #1: Item Code: UNKNOWN',
  },
  async start() {
    const erp = await ErpNext.start();
    return {
      server: erp.server,
      keys: () => erp.keys,
      stop: () => erp.stop(),
      connect: ({ secret = 'secret', url = erp.server.url, timeoutMs = PATIENCE_MS } = {}) =>
        erpnext.create(
          { url },
          { apiKey: 'key', apiSecret: secret },
          { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs },
        ),
    };
  },
});

it.for(['sale', 'return'] as const)(
  'a %s at less than its prices is paid in whole, also where a line is of several',
  async (kind) => {
    const erp = await ErpNext.start();
    const parts = { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs: PATIENCE_MS };
    const connector = erpnext.create({ url: erp.server.url }, { apiKey: 'key', apiSecret: 'secret' }, parts);
    const lines = [
      { sku: 'A', quantity: 3, unitPriceMinor: 1_000, discountMinor: 500 },
      { sku: 'B', quantity: 1, unitPriceMinor: 199 },
    ];
    const document = { key: 'S1/a', kind, location: 'S1', at: 0, correlationId: 'c', target: null };
    try {
      const mapped = render(canonicalDocument({ ...document, body: { currency: 'EUR', lines } }), erpnext.example);
      await connector.post(mapped, 'S1/a');
      expect(erp.kept.map(({ docstatus, outstanding }) => [docstatus, outstanding])).toEqual([[1, 0]]);
    } finally {
      connector.close();
      await erp.stop();
    }
  },
);

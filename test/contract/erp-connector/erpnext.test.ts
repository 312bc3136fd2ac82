import { erpnext } from '#hub/connectors/erp/erpnext/erpnext.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { ErpNext } from '#test/support/emulators/erp-erpnext.ts';
import { erpContract } from './erp-contract.ts';

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
      connect: ({ secret = 'secret', url = erp.server.url } = {}) =>
        erpnext.create(
          { url },
          { apiKey: 'key', apiSecret: secret },
          { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs: 300 },
        ),
    };
  },
});

import { rest } from '#hub/connectors/erp/rest/rest.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { RestErp } from '#test/support/emulators/erp-rest.ts';
import { PATIENCE_MS, erpContract } from './erp-contract.ts';

erpContract({
  name: 'rest',
  speaksHttp: true,
  example: rest.example,
  refused: { document: { act: 'write', target: 'sale', payload: { refuse: 'me' } }, says: 'no such customer' },
  async start() {
    const erp = await RestErp.start();
    erp.stock = ['A', 'B', 'C'].map((sku) => ({ location: 'W1', sku, quantity: 2 }));
    erp.refuse = (_, payload) =>
      'refuse' in payload ? { status: 422, body: { error: 'no such customer' } } : undefined;
    return {
      server: erp.server,
      keys: () => [...erp.kept.values()].map(({ key }) => key),
      stop: () => erp.stop(),
      connect: ({ secret = 'token-1', url = erp.server.url, timeoutMs = PATIENCE_MS } = {}) =>
        rest.create(
          { url, stockPath: '/stock' },
          { bearer: secret },
          { code: 'main', clock: systemClock, toPrivate: true, folder: '', timeoutMs },
        ),
    };
  },
});

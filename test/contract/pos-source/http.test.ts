import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import express from 'express';
import { onTestFinished } from 'vitest';
import { answerProblems } from '#agent/api/problem.ts';
import { httpSource, type HttpSource } from '#agent/pos/http/facts-routes.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { registerPosSourceTests, type Sold } from './register.ts';

const factOf = ({ no, sku, units }: Sold) => ({
  kind: 'sale',
  key: `till-${no}`,
  body: { currency: 'EUR', lines: [{ sku, quantity: units, unitPriceMinor: 100 }] },
});

registerPosSourceTests('http', async () => {
  let source: HttpSource | undefined;
  const app = express();
  app.use((_request, response, next) => {
    response.locals['caller'] = { correlationId: 'c', client: 'till' };
    next();
  });
  app.use((request, response, next) => source?.routes(request, response, next));
  app.use(answerProblems(silentLogger));
  const server = app.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.close();
  });
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/v1/facts`;
  const post = async (sales: readonly Sold[]): Promise<void> => {
    await fetch(url, { method: 'POST', body: JSON.stringify(sales.map(factOf)) });
  };
  return {
    open: (context) => {
      source = httpSource(context, { sourceOf: () => 'http:till', correlationIdOf: () => undefined });
      return source;
    },
    sell: post,
    // A till that had no answer sends all of it again.
    repeat: post,
  };
});

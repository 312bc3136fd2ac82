import { Router, type Request, type Response } from 'express';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sku as skuSchema } from '#shared/protocol/fields.ts';
import {
  dayQuery,
  historyQuery,
  quarantineQuery,
  readQuery,
  salesQuery,
  slipKey,
  slipsQuery,
  stockQuery,
  taskNumber,
  taskQuery,
} from './query.ts';
import type {
  DayReader,
  QuarantineReader,
  SaleReader,
  SlipReader,
  StatusReader,
  StockReader,
  TaskReader,
} from './readers.ts';

export interface Readers {
  readonly status: StatusReader;
  readonly stock: StockReader;
  readonly tasks: TaskReader;
  readonly quarantine: QuarantineReader;
  readonly day: DayReader;
  readonly sales: SaleReader;
  readonly slips: SlipReader;
}

/** What the store's programs may read. */
export function readRoutes(readers: Readers): Router {
  const router = Router();
  const get = (path: string, read: (request: Request) => Promise<unknown>): void => {
    const answer = async (request: Request, response: Response): Promise<void> => {
      response.json(await read(request));
    };
    // The promise is returned: express answers its rejection as a problem.
    router.get(path, (request, response) => answer(request, response));
  };
  get('/v1/status', () => readers.status.read());
  get('/v1/stock', async (request) => {
    const { search, cursor, limit } = readQuery(stockQuery, request.query);
    return readers.stock.list({ search, cursor, limit });
  });
  get('/v1/stock/:sku', async (request) => {
    const sku = readQuery(skuSchema, request.params['sku']);
    const item = await readers.stock.get(sku);
    if (!item) throw new ShelfwireError('NOT_FOUND', `This store has never had "${sku}".`);
    return item;
  });
  get('/v1/stock/:sku/history', async (request) => {
    const sku = readQuery(skuSchema, request.params['sku']);
    const history = await readers.stock.history(sku, readQuery(historyQuery, request.query).limit);
    if (!history) throw new ShelfwireError('NOT_FOUND', `This store has never had "${sku}".`);
    return history;
  });
  get('/v1/stock/:sku/elsewhere', async (request) =>
    readers.stock.elsewhere(readQuery(skuSchema, request.params['sku'])),
  );
  get('/v1/tasks', async (request) => readers.tasks.list(readQuery(taskQuery, request.query)));
  get('/v1/tasks/:task', async (request) => {
    const number = readQuery(taskNumber, request.params['task']);
    const task = await readers.tasks.get(number);
    if (!task) throw new ShelfwireError('NOT_FOUND', `This store has no task ${number}.`);
    return task;
  });
  get('/v1/day', async (request) => readers.day.read(readQuery(dayQuery, request.query)));
  get('/v1/sales', async (request) => {
    const asked = readQuery(salesQuery, request.query);
    const found = 'receiptNo' in asked ? readers.sales.ofReceipt(asked.receiptNo) : readers.sales.between(asked);
    return { items: await found };
  });
  get('/v1/slips', async (request) => {
    const { kind: kinds, to, limit } = readQuery(slipsQuery, request.query);
    return { items: await readers.slips.list({ kinds, to, limit }) };
  });
  get('/v1/slips/:key', async (request) => {
    const key = readQuery(slipKey, request.params['key']);
    const slip = await readers.slips.get(key);
    if (!slip) throw new ShelfwireError('NOT_FOUND', `There is no return and no arrival "${key}" here.`);
    return slip;
  });
  get('/v1/quarantine', async (request) => {
    const { cursor, limit, state } = readQuery(quarantineQuery, request.query);
    return readers.quarantine.list({ cursor, limit, state });
  });
  return router;
}

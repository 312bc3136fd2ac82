import { Router, type Request, type Response } from 'express';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { sku as skuSchema } from '#shared/protocol/fields.ts';
import { dayQuery, quarantineQuery, readQuery, stockQuery, taskNumber, taskQuery } from './query.ts';
import type { DayReader, QuarantineReader, StatusReader, StockReader, TaskReader } from './readers.ts';

export interface Readers {
  readonly status: StatusReader;
  readonly stock: StockReader;
  readonly tasks: TaskReader;
  readonly quarantine: QuarantineReader;
  readonly day: DayReader;
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
  get('/v1/tasks', async (request) => readers.tasks.list(readQuery(taskQuery, request.query)));
  get('/v1/tasks/:task', async (request) => {
    const number = readQuery(taskNumber, request.params['task']);
    const task = await readers.tasks.get(number);
    if (!task) throw new ShelfwireError('NOT_FOUND', `This store has no task ${number}.`);
    return task;
  });
  get('/v1/day', async (request) => readers.day.read(readQuery(dayQuery, request.query)));
  get('/v1/quarantine', async (request) => {
    const { cursor, limit, state } = readQuery(quarantineQuery, request.query);
    return readers.quarantine.list({ cursor, limit, state });
  });
  return router;
}

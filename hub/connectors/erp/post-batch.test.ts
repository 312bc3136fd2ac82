import { expect, it } from 'vitest';
import type { ClaimedDocument } from '#hub/outbox/documents/claim-batch.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import type { ErpConnector } from './connector.ts';
import { RETRIES } from './failures.ts';
import { postBatch, type Posting } from './post-batch.ts';
import { restExample } from './rest/rest-example.ts';

const document: ClaimedDocument = {
  document: 1,
  stream: 'store S1',
  key: 'S1/a',
  kind: 'sale',
  location: 'S1',
  at: 0,
  correlationId: 'c',
  body: { currency: 'EUR', lines: [] },
  isBegun: false,
  begunBy: [],
  attempts: 0,
  target: null,
};
const batch = (isBegun: boolean) => ({
  erp: 1,
  claim: 'claim',
  streams: [],
  documents: [{ ...document, isBegun }],
  failures: 0,
  waitMs: 0,
});

/** An ERP whose calls end in time each, and never all together. */
const endless: ErpConnector = {
  capabilities: { cancels: false, once: 'upsert', readsStock: false },
  lookup: () => new Promise(() => undefined),
  post: () => new Promise(() => undefined),
  readStock: () => Promise.reject(new Error('none')),
  close: () => undefined,
};
const posting: Posting = {
  connector: endless,
  mapping: { version: 1, document: restExample },
  mappingOf: async () => undefined,
  retries: RETRIES,
  perSecond: null,
  budgetMs: 1_000,
  limitMs: 30,
  isOver: () => false,
  clock: systemClock,
  random: () => 0.5,
  logger: silentLogger,
};

it.for([true, false])(
  'O1 a look-up or a post of many calls ends within the claim: it is given up, and asked for before it is sent again (begun: %s)',
  async (isBegun) => {
    const { ended, health } = await postBatch(batch(isBegun), posting);
    expect(ended).toMatchObject([
      { document: 1, outcome: { kind: 'again', error: { code: 'ERP_TIMEOUT' }, counts: false } },
    ]);
    expect(health.kind).toBe('failing');
  },
);

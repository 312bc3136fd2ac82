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

/** Has documents once in each target, and takes them back there. */
function cancelling(there: Set<string>): ErpConnector {
  const has = (at: string) => (there.has(at) ? { reference: at } : undefined);
  return {
    ...endless,
    capabilities: { cancels: true, once: 'uniqueField', readsStock: false },
    async lookup({ target, ...mapped }, key) {
      if (mapped.act === 'write') return has(`${target} ${key}`);
      return has(`${target} ${mapped.key}`) === undefined ? { reference: null } : undefined;
    },
    async post({ target, ...mapped }, key) {
      if (mapped.act === 'cancel') there.delete(`${target} ${mapped.key}`);
      else there.add(`${target} ${key}`);
      return { reference: null };
    },
  };
}

it.for([
  ['was posted long ago', { state: 'posted', mapping: 1 }, false, false],
  ['was posted long ago, and the void may have been sent', { state: 'posted', mapping: 1 }, true, false],
  ['is a dead letter that the ERP has all the same', { state: 'dead', mapping: null }, false, false],
  ['is found in the same batch where it was begun', { state: 'waiting', mapping: null }, false, true],
] as const)(
  'O1 a void cancels what it takes back where that was posted, though the mapping leads elsewhere by now: it %s',
  async ([, was, isBegun, isTogether]) => {
    const by = (target: string) =>
      ({ routes: [], tables: {}, documents: { sale: { target, all: true }, void: { cancel: true } } }) as const;
    const there = new Set(['invoice S1/a', 'bill S1/b']);
    const sent = { isBegun: true, begunBy: [1], body: document.body };
    const target = { document: 1, key: 'S1/a', kind: 'sale', reference: null, ...sent, ...was } as const;
    const voided: ClaimedDocument = {
      ...document,
      document: 2,
      key: 'S1/v',
      kind: 'void',
      body: { voids: 'a' },
      isBegun,
      begunBy: [2],
      target,
    };
    const begun: ClaimedDocument = { ...document, isBegun: true, begunBy: [1] };
    const { ended } = await postBatch(
      { ...batch(false), documents: [...(isTogether ? [begun] : []), voided] },
      {
        ...posting,
        connector: cancelling(there),
        mapping: { version: 2, document: by('bill') },
        mappingOf: async (version) => (version === 1 ? by('invoice') : undefined),
      },
    );
    expect(ended.map(({ outcome }) => outcome.kind)).toEqual(
      isTogether || was.state === 'dead' ? ['posted', 'posted'] : ['posted'],
    );
    expect([...there]).toEqual(['bill S1/b']);
  },
);

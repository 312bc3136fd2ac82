import { describe, expect, it, onTestFinished } from 'vitest';
import { STORAGE_ENGINES, type StorageEngine } from '#agent/storage/engines.ts';
import { type Answer, type CouchServer, startCouchServer } from '#test/support/couch-server.ts';
import { openEdgeStore } from '#test/support/edge-store.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { archiveJournal } from './archive-journal.ts';
import { openTarget, readAddress } from './archive-target.ts';
import type { Store } from '../store/store.ts';

async function openEdge(engine?: StorageEngine) {
  const edge = await openEdgeStore(undefined, engine);
  onTestFinished(() => edge[Symbol.asyncDispose]());
  return edge;
}

const nobody = { user: undefined, password: undefined };
const drafts = (prefix: string, count: number) =>
  Array.from({ length: count }, (_, number) => adjustmentDraft(`${prefix}${number}`));

async function archive(couch: CouchServer, store: Store, batch?: number): Promise<number> {
  const target = await openTarget(readAddress(`${couch.url}/store-1`, nobody));
  const size = batch === undefined ? {} : { batch };
  return archiveJournal({ journal: store.db.journal, target, onProgress: () => undefined, ...size });
}

const documentsOf = async (couch: CouchServer) =>
  (await couch.database('store-1').allDocs({ include_docs: true })).rows.map(({ doc }) => doc);

describe.each(STORAGE_ENGINES)('archive of a journal on %s', (engine) => {
  it('F1 holds every fact once, readable and in order; archived again, nothing changes', async () => {
    const couch = await startCouchServer();
    const edge = await openEdge(engine);
    const { journal } = edge.store;
    await journal.append(drafts('a', 120));
    expect(await archive(couch, edge.store, 50)).toBe(120);
    const documents = await documentsOf(couch);
    expect(documents.map(({ seq, key }) => [seq, key])).toEqual(drafts('a', 120).map(({ key }, at) => [at + 1, key]));
    expect(documents[0]).toMatchObject({
      _id: `${journal.epoch}:000000000001`,
      epoch: journal.epoch,
      kind: 'adjustment',
      source: 'test',
      body: adjustmentDraft('a0').body,
    });
    const before = couch.requests.length;
    expect(await archive(couch, edge.store)).toBe(0);
    expect(await documentsOf(couch)).toEqual(documents);
    expect(couch.requests.slice(before).filter(({ url }) => url.includes('_bulk_docs'))).toEqual([]);
  });

  it('goes on where a cut connection left it, and what is there already is not sent again', async () => {
    const couch = await startCouchServer();
    const edge = await openEdge(engine);
    await edge.store.journal.append(drafts('a', 100));
    let bulks = 0;
    couch.intercept = ({ url }): Answer | undefined => {
      if (!url.includes('_bulk_docs') || ++bulks <= 3) return undefined;
      return { status: 503, body: '{"error":"unavailable","reason":"maintenance"}' };
    };
    await expect(archive(couch, edge.store, 20)).rejects.toMatchObject({
      code: 'ARCHIVE_REFUSED',
      message: expect.stringContaining('maintenance'),
    });
    expect((await documentsOf(couch)).length).toBe(60);
    couch.intercept = undefined;
    await edge.store.journal.append(drafts('b', 5));
    expect(await archive(couch, edge.store, 20)).toBe(45);
    expect((await documentsOf(couch)).length).toBe(105);
  });

  it('keeps in the archive what retention pruned, and offers a fact that moved under its new place', async () => {
    const couch = await startCouchServer();
    const edge = await openEdge(engine);
    const { store } = edge;
    await store.journal.append(drafts('a', 3));
    await archive(couch, store);
    const old = store.journal.epoch;
    await store.journal.beginEpoch(2);
    await store.db.journal.bulkRemove(['a0']);
    await store.journal.append(drafts('b', 1));
    expect(await archive(couch, store)).toBe(2);
    const { epoch } = store.journal;
    expect((await documentsOf(couch)).map(({ key, _id: id }) => [key, id])).toEqual([
      ['a0', `${old}:000000000001`],
      ['a1', `${old}:000000000002`],
      ['a2', `${old}:000000000003`],
      ['a2', `${epoch}:000000000001`],
      ['b0', `${epoch}:000000000002`],
    ]);
  });
});

it('sends smaller requests to a server that finds them too large', async () => {
  const couch = await startCouchServer();
  const edge = await openEdge();
  await edge.store.journal.append(drafts('a', 40));
  let refused = 0;
  couch.intercept = ({ url }): Answer | undefined =>
    url.includes('_bulk_docs') && refused++ < 2 ? { status: 413, body: '<html>nginx</html>' } : undefined;
  expect(await archive(couch, edge.store, 32)).toBe(40);
  expect((await documentsOf(couch)).length).toBe(40);
});

it('stops at a fact that the server forbids, and comes back to it', async () => {
  const couch = await startCouchServer();
  const edge = await openEdge();
  await edge.store.journal.append(drafts('a', 3));
  const forbidden = JSON.stringify([
    { id: `${edge.store.journal.epoch}:000000000002`, error: 'forbidden', reason: 'no' },
  ]);
  couch.intercept = ({ url }): Answer | undefined =>
    url.includes('_bulk_docs') ? { status: 201, body: forbidden } : undefined;
  await expect(archive(couch, edge.store)).rejects.toMatchObject({ code: 'ARCHIVE_UNAUTHORIZED' });
  couch.intercept = undefined;
  expect(await archive(couch, edge.store)).toBe(3);
});

describe('address of an archive', () => {
  it('X1 takes user and password out of the address, and shows neither', () => {
    expect(
      readAddress('https://me:p%40ss@couch.example:6984/a/store-1/?x=1', { user: 'other', password: 'x' }),
    ).toEqual({
      url: 'https://couch.example:6984/a/store-1',
      shown: 'couch.example:6984/a/store-1',
      auth: { username: 'me', password: 'p@ss' },
    });
    expect(readAddress('http://h/d', { user: 'me', password: 'secret' }).auth).toEqual({
      username: 'me',
      password: 'secret',
    });
    expect(readAddress('http://h/d', nobody).auth).toBeUndefined();
    expect(() => readAddress('http://me:secret@h/', nobody)).toThrow(expect.not.stringContaining('secret'));
  });

  it('X1 sends them in the header of every request and in no address', async () => {
    const couch = await startCouchServer();
    const edge = await openEdge();
    await edge.store.journal.append(drafts('a', 3));
    const to = couch.url.replace('http://', 'http://me:p%40ss@');
    const target = await openTarget(readAddress(`${to}/store-1`, nobody));
    await archiveJournal({ journal: edge.store.db.journal, target, onProgress: () => undefined });
    const header = `Basic ${Buffer.from('me:p@ss').toString('base64')}`;
    expect([...new Set(couch.requests.map(({ authorization }) => authorization))]).toEqual([header]);
    expect(couch.requests.filter(({ url }) => url.includes('me'))).toEqual([]);
  });

  it.each<[string, Answer, string]>([
    ['401', { status: 401, body: '{"error":"unauthorized","reason":"no such user"}' }, 'ARCHIVE_UNAUTHORIZED'],
    ['403', { status: 403, body: '{"error":"forbidden","reason":"read only"}' }, 'ARCHIVE_UNAUTHORIZED'],
    ['a web page', { status: 200, body: '<html>Welcome</html>' }, 'ARCHIVE_NOT_COUCHDB'],
    ['a page that is not there', { status: 404, body: '<html>404</html>' }, 'ARCHIVE_NOT_COUCHDB'],
    ['a name it does not like', { status: 400, body: '{"error":"illegal_database_name"}' }, 'ARCHIVE_REFUSED'],
  ])('a server that answers with %s is a coded error', async (_, answer, code) => {
    const couch = await startCouchServer();
    couch.intercept = () => answer;
    await expect(openTarget(readAddress(`${couch.url}/store-1`, nobody))).rejects.toMatchObject({ code });
  });

  it('a server that is not there is ARCHIVE_UNREACHABLE, also half-way', async () => {
    const address = readAddress('http://me:secret@127.0.0.1:9/store-1', nobody);
    const failure = await openTarget(address).catch((error: unknown) => error);
    expect(failure).toMatchObject({ code: 'ARCHIVE_UNREACHABLE', message: expect.not.stringContaining('secret') });
    const edge = await openEdge();
    await edge.store.journal.append(drafts('a', 3));
    const couch = await startCouchServer();
    const target = await openTarget(readAddress(`${couch.url}/store-1`, nobody));
    await couch.stop();
    const run = archiveJournal({ journal: edge.store.db.journal, target, onProgress: () => undefined });
    await expect(run).rejects.toMatchObject({ code: 'ARCHIVE_UNREACHABLE' });
  });
});

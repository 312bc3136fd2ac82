import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { seedStores, startApi, type RunningApi } from '#test/support/hub-api.ts';

let database: TestDatabase;
let api: RunningApi;

beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());
beforeEach(async () => {
  await database.clear();
  await seedStores(database.pool);
  api = await startApi(database.pool);
});
afterEach(() => api.stop());

const rules = (name: string) => `# Ours\nrules: 1\nchannels:\n  - {code: web, name: ${name}, locations: [S1]}\n`;
const post = (body: object, path = '/v1/rules') => api.call('POST', path, { body });
const get = async (path: string) => (await api.call('GET', path)).body;
const hoursOn = (hours: number) => new Date(Date.now() + hours * 3_600_000).toISOString();

describe('/v1/rules', () => {
  it('applies a document, gives it back verbatim, and takes that again without a change', async () => {
    expect(await get('/v1/rules')).toMatchObject({ code: 'NOT_FOUND', remedy: expect.stringContaining('rules apply') });
    const made = await post({ document: rules('Web'), note: 'first' });
    expect(made).toMatchObject({ status: 201, body: { version: 1, state: 'in force', isNew: true, note: 'first' } });
    expect(made.body['appliedBy']).toBe(`writer-${api.id}`);
    const found = await get('/v1/rules');
    expect(found).toMatchObject({
      version: 1,
      document: rules('Web'),
      rules: { channels: [{ code: 'web', epsilon: 0.01 }] },
    });
    const again = await post({ document: found['document'] });
    expect(again).toMatchObject({ status: 200, body: { version: 1, isNew: false } });
    expect((await get('/v1/channels')).items).toEqual([{ code: 'web', name: 'Web', locations: ['S1'] }]);
  });

  it('takes the document as JSON too', async () => {
    const document = { rules: 1, channels: [{ code: 'web', name: 'Web', cap: -1 }] };
    const refused = await post({ document });
    expect(refused.body).toMatchObject({ code: 'RULES_INVALID', problems: [{ line: 7, column: 7, kind: 'field' }] });
    delete (document.channels[0] as { cap?: number }).cap;
    expect((await post({ document })).status).toBe(201);
    expect((await get('/v1/rules'))['document']).toBe(`${JSON.stringify(document, null, 2)}\n`);
  });

  it('refuses bad rules with every problem, its line and remedy', async () => {
    const bad = `${rules('Web')}limits:\n  - {id: a, channel: web, cap: -1}\n  - {id: b, channel: wbe, cap: 1}\n`;
    for (const path of ['/v1/rules', '/v1/rules/validate']) {
      const refused = await post({ document: bad }, path);
      expect(refused.status).toBe(422);
      expect(refused.body).toMatchObject({
        code: 'RULES_INVALID',
        problemsTotal: 2,
        problems: [
          { line: 6, column: 27, kind: 'field', message: 'cap is -1, and must be at least 0.' },
          { line: 7, column: 13, kind: 'unknown-name', remedy: expect.stringContaining('Did you mean web?') },
        ],
      });
    }
    expect((await post({ document: rules('Web') }, '/v1/rules/validate')).body).toEqual({ valid: true });
    expect((await get('/v1/rules/versions')).items).toEqual([]);
  });

  it('a dry run says what would change, numbers included', async () => {
    await post({ document: rules('Web') });
    for (const dry of [
      await post({ document: rules('Shop'), dryRun: true }),
      await post({ document: rules('Shop') }, '/v1/rules?dryRun=1'),
    ]) {
      expect(dry.body).toMatchObject({
        dryRun: true,
        isNew: true,
        diff: [{ name: 'web', fields: [{ field: 'name', from: 'Web', to: 'Shop' }] }],
      });
      expect(dry.body).toMatchObject({ numbers: { pairs: 0, changed: 0 } });
    }
    const numbers = { pairs: 2, pairsTotal: 2, changed: 1, channels: [], examples: [] };
    const knowing = await startApi(database.pool, { rules: { previewChange: async () => numbers } });
    const dry = await knowing.call('POST', '/v1/rules?dryRun=1', { body: { document: rules('Shop') } });
    expect(dry.body).toMatchObject({ numbers });
    await knowing.stop();
    expect((await get('/v1/rules'))['version']).toBe(1);
  });

  it('lists the audit in pages, compares versions, and rolls back', async () => {
    for (const name of ['One', 'Two', 'Three']) await post({ document: rules(name) });
    const versions: unknown[] = [];
    for (let cursor: string | null = ''; cursor !== null;) {
      const page = await get(`/v1/rules/versions?limit=2${cursor && `&cursor=${cursor}`}`);
      versions.push(...page.items.map(({ version, state }) => [version, state]));
      cursor = page.next;
    }
    expect(versions).toEqual([
      [3, 'in force'],
      [2, 'past'],
      [1, 'past'],
    ]);
    expect(await get('/v1/rules/diff?from=1')).toMatchObject({
      from: 1,
      to: 3,
      diff: [{ fields: [{ from: 'One', to: 'Three' }] }],
    });
    expect((await post({ toVersion: 1, note: 'too hasty', dryRun: true }, '/v1/rules/rollback')).body).toMatchObject({
      dryRun: true,
    });
    const back = await post({ toVersion: 1, note: 'too hasty', basedOn: 3 }, '/v1/rules/rollback');
    expect(back).toMatchObject({ status: 201, body: { version: 4, restores: 1, note: 'too hasty' } });
    expect(await get('/v1/rules')).toMatchObject({ version: 4, document: rules('One') });
    expect(await get('/v1/rules?version=2')).toMatchObject({ state: 'past', document: rules('Two') });
    expect((await post({ toVersion: 1, basedOn: 3 }, '/v1/rules/rollback')).body['code']).toBe('CONFLICT');
  });

  it('one for later is found by its instant, and a channel cannot be set meanwhile', async () => {
    await post({ document: rules('Now') });
    const effectiveFrom = hoursOn(2);
    expect((await post({ document: rules('Later'), effectiveFrom })).body).toMatchObject({
      state: 'pending',
      effectiveFrom,
    });
    const at = async (instant: string) => (await get(`/v1/rules?at=${encodeURIComponent(instant)}`))['version'];
    expect([await at(hoursOn(1)), await at(effectiveFrom)]).toEqual([1, 2]);
    const put = await api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations: [] } });
    expect(put.body).toMatchObject({ code: 'CONFLICT', detail: expect.stringContaining('Version 2') });
  });

  it('a channel that is set is a version like any other, and no version when it is so already', async () => {
    await post({ document: rules('Web') });
    const put = (locations: string[]) => api.call('PUT', '/v1/channels/web', { body: { name: 'Web', locations } });
    expect((await put(['S1'])).status).toBe(200);
    expect((await get('/v1/rules'))['version']).toBe(1);
    await put(['S2', 'S1']);
    const found = await get('/v1/rules');
    expect(found).toMatchObject({
      version: 2,
      note: 'PUT /v1/channels/web',
      rules: { channels: [{ locations: ['S2', 'S1'] }] },
    });
    expect(found['document']).toContain('# Ours');
  });

  it.each([
    ['no document', {}],
    ['a list', { document: [] }],
    ['an instant without an offset', { document: 'rules: 1', effectiveFrom: '2099-01-01T00:00:00' }],
    ['an instant in the past', { document: 'rules: 1', effectiveFrom: '2020-01-01T00:00:00Z' }],
    ['an instant beyond all measure', { document: 'rules: 1', effectiveFrom: '2999-01-01T00:00:00Z' }],
    ['a version that is none', { document: 'rules: 1', basedOn: 1.5 }],
    ['a note of control characters', { document: 'rules: 1', note: 'a\nb' }],
    ['an unknown field', { document: 'rules: 1', force: true }],
  ])('X2 refuses %s', async (_, body) => {
    expect((await post(body)).body['code']).toBe('REQUEST_INVALID');
  });

  it('X2 refuses what is too large, and text that PostgreSQL cannot keep', async () => {
    expect((await post({ document: '#'.repeat(5 * 1024 * 1024) })).body['code']).toBe('BODY_TOO_LARGE');
    expect((await post({ document: '#'.repeat(3 * 1024 * 1024) })).body).toMatchObject({
      code: 'RULES_INVALID',
      problems: [{ kind: 'too-large' }],
    });
    expect((await post({ document: 'rules: 1\n# \u0000' })).body['code']).toBe('RULES_INVALID');
    expect((await post({ document: 'rules: 1 # \uD800' })).body['code']).toBe('RULES_INVALID');
  });

  it.each([
    '?version=0',
    '?version=x',
    '?version=99999999999',
    '?at=yesterday',
    '?version=1&at=2026-01-01T00:00:00Z',
    '/diff',
    '/versions?cursor=x',
  ])('X2 refuses GET /v1/rules%s', async (query) => {
    expect((await get(`/v1/rules${query}`))['code']).toBe('REQUEST_INVALID');
  });
});

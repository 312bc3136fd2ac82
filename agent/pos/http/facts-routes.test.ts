import { describe, expect, it, vi } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

const body = { currency: 'GBP', lines: [{ sku: 'a', quantity: 2, unitPriceMinor: 255 }] };
const sale = (key: string, change: Record<string, unknown> = {}) => ({
  kind: 'sale',
  key,
  body: { ...body, ...change },
});

async function post(agent: RunningAgent, value: unknown, headers: Record<string, string> = {}) {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  const response = await agent.call('/v1/facts', {
    method: 'POST',
    body: text,
    headers: { 'content-type': 'application/json', ...headers },
  });
  return {
    status: response.status,
    type: response.headers.get('content-type'),
    body: (await response.json()) as Record<string, unknown>,
  };
}
const quarantined = async (agent: RunningAgent) => (await agent.daemon.store.quarantine.list({ limit: 100 })).items;

describe('POST /v1/facts', () => {
  it('F2 F4 appends, knows it again, and refuses another content under the key', async () => {
    const agent = await runAgent();
    const first = await post(agent, sale('k1'));
    expect(first).toMatchObject({ status: 201, body: { status: 'appended', key: 'k1', seq: 1, correlationId: 'k1' } });
    expect(await post(agent, sale('k1'))).toMatchObject({
      status: 200,
      body: { status: 'duplicate', seq: 1, at: first.body['at'] },
    });
    expect(await post(agent, sale('k1', { currency: 'EUR' }))).toMatchObject({
      status: 409,
      type: expect.stringContaining('application/problem+json'),
      body: {
        code: 'KEY_REUSED',
        status: 409,
        quarantined: true,
        key: 'k1',
        // Nothing can be released here: that is the hub's.
        remedy: expect.not.stringContaining('release'),
        correlationId: expect.any(String),
      },
    });
    expect(agent.daemon.store.journal.lastSeq).toBe(1);
    expect(await quarantined(agent)).toMatchObject([
      { code: 'KEY_REUSED', source: 'http:till-1', verbatim: JSON.stringify(sale('k1', { currency: 'EUR' })) },
    ]);
    expect(await agent.daemon.store.journal.read(1, 9)).toMatchObject([
      { key: 'k1', source: 'http:till-1', kind: 'sale' },
    ]);
  });

  it('takes key and correlation id of one fact from headers, and refuses a key that contradicts', async () => {
    const agent = await runAgent();
    const { key: _, ...keyless } = sale('');
    const given = { 'idempotency-key': 'k9', 'x-correlation-id': 'story-1' };
    expect(await post(agent, keyless, given)).toMatchObject({
      status: 201,
      body: { key: 'k9', correlationId: 'story-1' },
    });
    expect(await post(agent, sale('other'), given)).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID', correlationId: 'story-1' },
    });
  });

  it('keeps the time of an imported fact', async () => {
    const agent = await runAgent();
    const occurredAt = Date.parse('2010-12-01T08:26:00Z');
    expect(await post(agent, sale('old', { occurredAt }))).toMatchObject({ status: 201, body: { at: occurredAt } });
  });

  it('F5 answers an array item by item; one bad fact never refuses the others', async () => {
    const agent = await runAgent();
    const bad =
      '{"kind":"sale","key":"bad","body":{"currency":"GBP","lines":[{"sku":"a","quantity":1e400,"unitPriceMinor":1}]}}';
    const text = `[${JSON.stringify(sale('k1'))}, ${bad} ,${JSON.stringify(sale('k1'))},{"kind":"tip","key":"t","body":{}},7]`;
    const answer = await post(agent, text);
    expect(answer).toMatchObject({ status: 200, body: { appended: 1, duplicates: 1, refused: 3 } });
    expect(answer.body['results']).toMatchObject([
      { status: 'appended', key: 'k1' },
      { status: 'refused', key: 'bad', code: 'FACT_INVALID', detail: expect.stringContaining('lines.0.quantity') },
      { status: 'duplicate', key: 'k1' },
      {
        status: 'refused',
        key: 't',
        code: 'FACT_KIND_UNKNOWN',
        detail: expect.stringContaining('Accepted: sale, return, count,'),
        remedy: expect.stringContaining('Correct `kind` and send it again'),
      },
      { status: 'refused', key: null, code: 'FACT_INVALID' },
    ]);
    expect((await quarantined(agent)).map(({ verbatim }) => verbatim).sort()).toEqual(
      [bad, '{"kind":"tip","key":"t","body":{}}', '7'].sort(),
    );
  });

  it.each([
    ['malformed JSON', '{"kind":"sale",', 400, 'BODY_NOT_JSON'],
    ['a text', '"sale"', 400, 'BODY_NOT_JSON'],
    ['wrong types', '{"kind":"sale","key":5,"body":{}}', 422, 'FACT_INVALID'],
    ['an unknown field', '{"kind":"sale","key":"k","body":{},"seq":1}', 422, 'FACT_INVALID'],
    ['no lines', '{"kind":"sale","key":"k","body":{"currency":"GBP","lines":[]}}', 422, 'FACT_INVALID'],
    ['a prototype', '{"kind":"__proto__","key":"k","body":{}}', 422, 'FACT_KIND_UNKNOWN'],
  ])('F5 X2 %s is refused with its code and kept verbatim', async (_, text, status, code) => {
    const agent = await runAgent();
    expect(await post(agent, text)).toMatchObject({ status, body: { code } });
    expect(await post(agent, text)).toMatchObject({ status, body: { code } });
    expect(await quarantined(agent)).toMatchObject([{ code, verbatim: text }]);
    expect(await post(agent, sale('after'))).toMatchObject({ status: 201 });
  });

  it('F5 X2 what is no UTF-8 is kept as base64', async () => {
    const agent = await runAgent();
    const response = await agent.call('/v1/facts', { method: 'POST', body: Buffer.from([0x7b, 0xff]) });
    expect(await response.json()).toMatchObject({ code: 'BODY_NOT_JSON' });
    expect(await quarantined(agent)).toMatchObject([{ verbatim: Buffer.from([0x7b, 0xff]).toString('base64') }]);
  });

  it('F5 X2 an oversized body is refused, its beginning kept, and the process stays up', async () => {
    const agent = await runAgent();
    const text = `[${'1,'.repeat(LIMITS.requestBytes)}1]`;
    expect(await post(agent, text)).toMatchObject({ status: 413, body: { code: 'BODY_TOO_LARGE' } });
    const [kept] = await quarantined(agent);
    expect(kept?.verbatim).toBe(text.slice(0, 64 * 1024));
    expect(
      await post(
        agent,
        Array.from({ length: LIMITS.factsPerRequest + 1 }, (_, index) => sale(`k${index}`)),
      ),
    ).toMatchObject({
      status: 413,
      body: { code: 'BODY_TOO_LARGE' },
    });
    expect(await post(agent, sale('after'))).toMatchObject({ status: 201, body: { seq: 1 } });
  });

  it('X2 a compressed body is refused', async () => {
    const agent = await runAgent();
    expect(await post(agent, 'x', { 'content-encoding': 'gzip' })).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });

  it('takes a sale of an unknown sku, with a warning', async () => {
    const agent = await runAgent();
    expect((await post(agent, sale('k0'))).body).not.toHaveProperty('warnings');
    await agent.daemon.store.db.products.insert({ id: 'xb', sku: 'b', name: 'B', gtin: null });
    const service = { sku: 'POST', quantity: 1, unitPriceMinor: 0, service: true };
    expect(await post(agent, sale('k1', { lines: [...body.lines, service] }))).toMatchObject({
      status: 201,
      body: { status: 'appended', warnings: [{ code: 'SKU_UNKNOWN', skus: ['a'] }] },
    });
  });

  it('F2 answers a full disk with 507: nothing is acknowledged, and sending it again succeeds', async () => {
    const agent = await runAgent();
    const { journal, quarantine } = agent.daemon.store;
    const full = new ShelfwireError('STORAGE_FULL', 'No space.');
    vi.spyOn(journal, 'append').mockRejectedValueOnce(full);
    expect(await post(agent, sale('k1'))).toMatchObject({ status: 507, body: { code: 'STORAGE_FULL' } });
    expect(await (await agent.call('/v1/status')).json()).toMatchObject({
      problems: expect.arrayContaining([expect.objectContaining({ code: 'STORAGE_FULL' })]),
    });
    expect(await post(agent, sale('k1'))).toMatchObject({ status: 201, body: { seq: 1 } });
    vi.spyOn(quarantine, 'keep').mockRejectedValueOnce(full);
    expect(await post(agent, 'junk that cannot be kept')).toMatchObject({ status: 507 });
  });

  it('X1 X2 nothing is read or kept of a caller without a credential', async () => {
    const agent = await runAgent();
    expect(await post(agent, 'junk', { authorization: '' })).toMatchObject({
      status: 401,
      body: { code: 'UNAUTHORIZED' },
    });
    expect(await quarantined(agent)).toEqual([]);
  });
});

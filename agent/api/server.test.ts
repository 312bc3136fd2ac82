import { statSync } from 'node:fs';
import { createServer, request as httpRequest } from 'node:http';
import type { AddressInfo } from 'node:net';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { ClientRegistry } from './client-registry.ts';
import { standingClock } from '#test/support/manual-clock.ts';
import { runAgent, type RunningAgent } from '#test/support/running-agent.ts';

/** fetch sets Host itself, so this speaks HTTP by hand. */
function get(
  agent: RunningAgent,
  path: string,
  headers: Record<string, string>,
): Promise<{ status: number | undefined; body: Record<string, unknown> }> {
  return new Promise((resolve, reject) => {
    const sent = httpRequest({ host: '127.0.0.1', port: agent.daemon.port, path, headers }, (response) => {
      let text = '';
      response.on('data', (chunk: Buffer) => (text += chunk.toString()));
      response.on('end', () =>
        resolve({ status: response.statusCode, body: JSON.parse(text) as Record<string, unknown> }),
      );
    });
    sent.on('error', reject).end();
  });
}
const json = async (response: Promise<Response>) => {
  const answer = await response;
  return { status: answer.status, headers: answer.headers, body: (await answer.json()) as Record<string, unknown> };
};
const sell = (agent: RunningAgent, key: string, sku: string, quantity = 1) =>
  agent.call('/v1/facts', {
    method: 'POST',
    body: JSON.stringify({
      kind: 'sale',
      key,
      body: { currency: 'GBP', lines: [{ sku, quantity, unitPriceMinor: 1 }] },
    }),
  });

describe('loopback API', () => {
  it('X1 everything but health needs a token that is known', async () => {
    const agent = await runAgent();
    expect(await json(agent.call('/health', { headers: { authorization: '' } }))).toMatchObject({
      status: 200,
      body: { status: 'ok' },
    });
    for (const path of ['/v1/status', '/v1/stock', '/v1/stock/a', '/v1/quarantine', '/v1/facts', '/v2']) {
      for (const authorization of ['', `Basic ${agent.token}`, 'Bearer __proto__']) {
        expect(await json(agent.call(path, { headers: { authorization } }))).toMatchObject({
          status: 401,
          body: { code: 'UNAUTHORIZED' },
        });
      }
    }
  });

  it('X1 guessing is slowed down; a client with its token is not', async () => {
    const agent = await runAgent({}, { clock: standingClock });
    const statuses = await Promise.all(
      Array.from(
        { length: 40 },
        async () => (await agent.call('/v1/status', { headers: { authorization: 'Bearer x' } })).status,
      ),
    );
    expect(statuses.filter((status) => status === 401)).toHaveLength(20);
    const refused = await json(agent.call('/v1/status', { headers: { authorization: 'Bearer x' } }));
    expect(refused).toMatchObject({ status: 429, body: { code: 'RATE_LIMITED' } });
    expect(Number(refused.headers.get('retry-after'))).toBeGreaterThan(0);
    expect((await agent.call('/v1/status')).status).toBe(200);
  });

  it('X1 a client is limited to its rate', async () => {
    const agent = await runAgent({ requestsPerSecond: 2 }, { clock: standingClock });
    const statuses = await Promise.all(Array.from({ length: 8 }, async () => (await agent.call('/v1/status')).status));
    expect(statuses.filter((status) => status === 200)).toHaveLength(4);
    expect(statuses.filter((status) => status === 429)).toHaveLength(4);
  });

  it('X1 a client that is added counts at once, one that is removed does not any more; the file holds no token', async () => {
    const agent = await runAgent();
    const registry = new ClientRegistry(agent.folder);
    const token = registry.add('till-2', 0);
    const authorization = `Bearer ${token}`;
    expect((await agent.call('/v1/status', { headers: { authorization } })).status).toBe(200);
    registry.remove('till-2');
    expect((await agent.call('/v1/status', { headers: { authorization } })).status).toBe(401);
    const file = statSync(join(agent.folder, 'clients.json'));
    expect(file.mode & 0o777).toBe(0o600);
    expect(JSON.stringify(registry.list())).not.toContain('sha');
    expect(() => registry.add('till-1', 0)).toThrow(expect.objectContaining({ code: 'CONFLICT' }));
    expect(() => registry.add('Till 1', 0)).toThrow(expect.objectContaining({ code: 'REQUEST_INVALID' }));
  });

  it.each([
    [{ host: 'evil.example' }, 403],
    [{ host: 'evil.example:7171' }, 403],
    [{ host: '127.0.0.1.evil.example' }, 403],
    [{ host: 'localhost:1', origin: 'https://evil.example' }, 403],
    [{ host: 'localhost:1', origin: 'http://localhost:2' }, 403],
    [{ host: 'localhost:1', origin: 'null' }, 403],
    [{ host: 'localhost:1', origin: 'http://localhost:1' }, 200],
    [{ host: 'localhost:1', origin: 'https://till.example' }, 200],
    [{ host: '127.0.0.1:1' }, 200],
    [{ host: '[::1]:1' }, 200],
  ])('X1 DNS rebinding: %j is answered with %i', async (headers, status) => {
    const agent = await runAgent({ origins: ['https://till.example'] });
    const answer = await get(agent, '/v1/status', { ...headers, authorization: `Bearer ${agent.token}` });
    expect([answer.status, answer.body['code']]).toEqual([status, status === 403 ? 'HOST_FORBIDDEN' : undefined]);
  });

  it('gives each request a correlation id, the one that was sent or a new one', async () => {
    const agent = await runAgent();
    const sent = await agent.call('/v1/stock/none', { headers: { 'x-correlation-id': 'story' } });
    expect(sent.headers.get('x-correlation-id')).toBe('story');
    expect(await sent.json()).toMatchObject({ code: 'NOT_FOUND', correlationId: 'story' });
    const made = await json(agent.call('/nowhere', { headers: { 'x-correlation-id': 'x'.repeat(200) } }));
    expect(made).toMatchObject({
      status: 404,
      body: {
        code: 'NOT_FOUND',
        type: 'urn:shelfwire:error:NOT_FOUND',
        title: 'Not found',
        remedy: expect.stringContaining('SPEC.md'),
      },
    });
    expect(made.body['correlationId']).toMatch(/^[0-9a-f-]{36}$/);
    expect(made.headers.get('content-type')).toContain('application/problem+json');
    expect(made.headers.get('x-powered-by')).toBeNull();
  });

  it('shows stock right after a sale, in pages, by search and by sku', async () => {
    const agent = await runAgent();
    for (const [index, sku] of ['b', 'a/1', 'c'].entries()) await sell(agent, `k${index}`, sku, index + 1);
    expect((await json(agent.call('/v1/stock?limit=2'))).body).toMatchObject({
      items: [
        { sku: 'a/1', onHand: -2 },
        { sku: 'b', onHand: -1 },
      ],
      nextCursor: 'b',
      unsent: 3,
      asOf: null,
    });
    expect((await json(agent.call('/v1/stock?limit=2&cursor=b'))).body).toMatchObject({
      items: [{ sku: 'c' }],
      nextCursor: null,
    });
    expect((await json(agent.call('/v1/stock?search=A/'))).body).toMatchObject({ items: [{ sku: 'a/1' }] });
    expect((await json(agent.call('/v1/stock/a%2F1'))).body).toMatchObject({ sku: 'a/1', onHand: -2, unsent: 3 });
    expect((await json(agent.call('/v1/stock/none'))).status).toBe(404);
  });

  it.each([
    '/v1/stock?limit=0',
    '/v1/stock?limit=x',
    '/v1/stock?limit=5000',
    '/v1/stock?page=1',
    '/v1/quarantine?search=x',
    '/v1/stock?search=',
    '/v1/stock?search=a&search=b',
  ])('X2 %s is REQUEST_INVALID', async (path) => {
    const agent = await runAgent();
    expect(await json(agent.call(path))).toMatchObject({ status: 400, body: { code: 'REQUEST_INVALID' } });
  });

  it('X2 a broken address is a problem too', async () => {
    const agent = await runAgent();
    expect(await json(agent.call('/v1/stock/%E0%A4%A'))).toMatchObject({
      status: 400,
      body: { code: 'REQUEST_INVALID' },
    });
  });

  it('shows what is set aside, newest first, in pages', async () => {
    const agent = await runAgent();
    for (const text of ['one', 'two', 'three']) await agent.call('/v1/facts', { method: 'POST', body: text });
    const first = await json(agent.call('/v1/quarantine?limit=2'));
    expect(first.body['items']).toHaveLength(2);
    const second = await json(
      agent.call(`/v1/quarantine?limit=2&cursor=${encodeURIComponent(String(first.body['nextCursor']))}`),
    );
    const verbatim = [first, second].flatMap(({ body }) =>
      (body['items'] as { verbatim: string }[]).map((item) => item.verbatim),
    );
    expect(verbatim.toSorted()).toEqual(['one', 'three', 'two']);
  });

  it('says how the store is, also when it is not enrolled', async () => {
    const agent = await runAgent();
    await sell(agent, 'k', 'a');
    await agent.call('/v1/facts', { method: 'POST', body: 'junk' });
    const { body } = await json(agent.call('/v1/status'));
    expect(body).toMatchObject({
      store: null,
      journal: { lastSeq: 1 },
      sync: { phase: 'notEnrolled', backlog: 1, ackedSeq: 0 },
      quarantined: 1,
      sources: [
        { name: 'http', state: 'ready', appended: 1 },
        { name: 'ui', state: 'ready', appended: 0 },
        { name: 'counts', state: 'ready', appended: 0 },
      ],
      problems: [{ code: 'NOT_ENROLLED' }, { code: 'QUARANTINE_NOT_EMPTY' }],
    });
  });

  it('F5 tells what the hub has set aside from what was refused here', async () => {
    const agent = await runAgent();
    const aside = { id: 'hub:1:1', source: 'hub', code: 'FACT_AHEAD', detail: 'why', verbatim: 'line' } as const;
    await agent.daemon.store.quarantine.keep([aside, aside]);
    await agent.daemon.store.quarantine.keep([aside]);
    const { body } = await json(agent.call('/v1/status'));
    expect(body).toMatchObject({
      quarantined: 0,
      quarantinedAtHub: 1,
      problems: [{ code: 'NOT_ENROLLED' }, { detail: '1 is set aside at the hub, whose operator decides.' }],
    });
  });

  it('a port that is taken is OPTION_INVALID, and nothing is left running', async () => {
    const other = createServer();
    const port = await new Promise<number>((resolve) => {
      other.listen(0, '127.0.0.1', () => resolve((other.address() as AddressInfo).port));
    });
    onTestFinished(() => void other.close());
    await expect(runAgent({ port })).rejects.toMatchObject({ code: 'OPTION_INVALID' });
  });

  it('a second agent on the same folder is FOLDER_IN_USE', async () => {
    const agent = await runAgent();
    await expect(runAgent({ data: agent.folder })).rejects.toMatchObject({ code: 'FOLDER_IN_USE' });
  });
});

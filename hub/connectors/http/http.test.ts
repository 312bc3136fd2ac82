import { once } from 'node:events';
import { createServer, type RequestListener, type Server } from 'node:http';
import type { AddressInfo, Server as NetServer } from 'node:net';
import { createServer as createTlsServer } from 'node:tls';
import { gzipSync } from 'node:zlib';
import { afterEach, describe, expect, it } from 'vitest';
import { z } from 'zod';
import { systemClock } from '#shared/runtime/clock.ts';
import { ChannelFailure } from '../channel-failure.ts';
import { readJson, requireOk } from './answer.ts';
import { createHttp } from './http.ts';

const open = new Set<Server | NetServer>();
const stopping = new AbortController();
const http = createHttp({ toPrivate: true, timeoutMs: 20_000, clock: systemClock, signal: stopping.signal });
const impatient = createHttp({ toPrivate: true, timeoutMs: 200, clock: systemClock, signal: stopping.signal });
afterEach(() => {
  for (const server of open) server.close();
  open.clear();
});

async function listen(server: Server | NetServer): Promise<number> {
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  open.add(server);
  return (server.address() as AddressInfo).port;
}

/** What comes of a call: the answer read by a schema, or code, doubt and what was asked to wait. */
async function outcome(listener: RequestListener, by = http): Promise<unknown> {
  const port = await listen(createServer(listener));
  return failureOf(async () => {
    const answer = await by({ method: 'POST', url: `http://127.0.0.1:${port}/x`, body: '{}' });
    requireOk(answer, 0);
    return readJson(answer, z.object({ ok: z.literal(true) }));
  });
}

async function failureOf(work: () => Promise<unknown>): Promise<unknown> {
  try {
    return await work();
  } catch (error) {
    if (!(error instanceof ChannelFailure)) throw error;
    return [error.code, error.inDoubt ? 'in doubt' : 'not done', error.retryAfterMs];
  }
}

const status =
  (code: number, headers = {}, body = 'why'): RequestListener =>
  (_, response) =>
    void response.writeHead(code, headers).end(body);

describe('bad answers of a channel', () => {
  it.each<[string, RequestListener, unknown]>([
    ['a good one', status(200, {}, '{"ok":true}'), { ok: true }],
    ['HTML in place of JSON', status(200, {}, '<html>Sorry</html>'), ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined]],
    ['JSON of another kind', status(200, {}, '{"ok":1}'), ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined]],
    ['429 without headers', status(429), ['CHANNEL_THROTTLED', 'not done', undefined]],
    ['429 with Retry-After', status(429, { 'retry-after': '7' }), ['CHANNEL_THROTTLED', 'not done', 7_000]],
    ['401', status(401), ['CHANNEL_UNAUTHORIZED', 'not done', undefined]],
    ['403', status(403), ['CHANNEL_UNAUTHORIZED', 'not done', undefined]],
    ['422', status(422), ['CHANNEL_REFUSED', 'not done', undefined]],
    ['404: a wrong address, not a wrong listing', status(404), ['CHANNEL_FAILED', 'not done', undefined]],
    ['500', status(500), ['CHANNEL_FAILED', 'in doubt', undefined]],
    ['a redirect', status(302, { location: 'http://127.0.0.1:1/' }), ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined]],
    [
      'a connection that is cut',
      (request) => void request.socket.destroy(),
      ['CHANNEL_UNREACHABLE', 'in doubt', undefined],
    ],
    [
      'an answer that is cut',
      (_, response) => {
        response.writeHead(200, { 'content-length': '100' }).write('{"ok":');
        setTimeout(() => response.destroy(), 10);
      },
      ['CHANNEL_UNREACHABLE', 'in doubt', undefined],
    ],
    [
      'an answer without end',
      (_, response) => {
        response.writeHead(200);
        const chunk = Buffer.alloc(1 << 20, 32);
        const more = (): void => {
          if (!response.destroyed) response.write(chunk, more);
        };
        more();
      },
      ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined],
    ],
  ])('X2 %s', async (_, listener, expected) => {
    expect(await outcome(listener)).toEqual(expected);
  });

  it('X2 no answer in time', async () => {
    expect(await outcome(() => undefined, impatient)).toEqual(['CHANNEL_TIMEOUT', 'in doubt', undefined]);
  });

  it('X2 nobody listens, and no safe connection: nothing can have been done', async () => {
    const port = await listen(createTlsServer({}));
    const call = (url: string) => failureOf(() => http({ method: 'POST', url, body: '{}' }));
    expect(await call(`https://127.0.0.1:${port}/`)).toEqual(['CHANNEL_TLS', 'not done', undefined]);
    expect(await call('http://127.0.0.1:1/')).toEqual(['CHANNEL_UNREACHABLE', 'not done', undefined]);
  });

  it('X2 unpacks a compressed document, and no more of it than an answer may have', async () => {
    const documentOf = async (body: Buffer) => {
      const port = await listen(createServer((_, response) => void response.end(body)));
      return failureOf(
        async () => (await http({ method: 'GET', url: `http://127.0.0.1:${port}/`, isGzip: true })).text,
      );
    };
    expect(await documentOf(gzipSync('a report'))).toBe('a report');
    const bad = ['CHANNEL_ANSWER_INVALID', 'in doubt', undefined];
    expect(await documentOf(Buffer.from('no gzip'))).toEqual(bad);
    expect(await documentOf(gzipSync('cut off in the middle').subarray(0, 20))).toEqual(bad);
    expect(await documentOf(gzipSync(Buffer.alloc(17 << 20)))).toEqual(bad);
  });

  it('X1 does not call private addresses unless it may, nor names that lead there', async () => {
    const strict = createHttp({ toPrivate: false, timeoutMs: 1_000, clock: systemClock, signal: stopping.signal });
    for (const url of ['https://127.0.0.1/', 'http://shop.example/', 'https://localhost/']) {
      expect(await failureOf(() => strict({ method: 'GET', url }))).toEqual([
        'WEBHOOK_URL_FORBIDDEN',
        'not done',
        undefined,
      ]);
    }
    strict.close();
  });
});

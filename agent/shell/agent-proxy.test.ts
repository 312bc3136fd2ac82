import { join } from 'node:path';
import { expect, it } from 'vitest';
import { People } from '#agent/people/people.ts';
import { runAgent } from '#test/support/running-agent.ts';
import { AgentProxy } from './agent-proxy.ts';
import { appHandler } from './app-protocol.ts';
import { askHealth } from './agent-watch.ts';
import { APP_ORIGIN } from './origin.ts';

async function desktop() {
  const agent = await runAgent();
  const proxy = new AgentProxy({ port: agent.daemon.port, version: '1.2.3' });
  const folder = join(import.meta.dirname, '../ui');
  const handle = appHandler({ origin: APP_ORIGIN, folder, agent: proxy });
  const ask = (path: string, init: RequestInit = {}) => handle(new Request(`${APP_ORIGIN}${path}`, init));
  const post = (path: string, body: object, headers = {}) =>
    ask(path, {
      method: 'POST',
      body: JSON.stringify(body),
      headers: { 'content-type': 'application/json', ...headers },
    });
  return { agent, ask, post };
}

it('checklist 7 the app’s own files bear a policy without inline code; what is not of the app is not there', async () => {
  const { ask } = await desktop();
  const page = await ask('/');
  expect([page.status, page.headers.get('content-type')]).toEqual([200, 'text/html; charset=utf-8']);
  const policy = page.headers.get('content-security-policy') ?? '';
  expect(policy).toContain("default-src 'none'; script-src 'self'; style-src 'self' 'unsafe-inline'");
  expect(policy).not.toMatch(/script-src[^;]*unsafe|https?:|\*/);
  for (const path of ['/main.tsx', '/vite.config.ts', '/assets/none.js', '/v2/x']) {
    expect([path, (await ask(path)).status]).toEqual([path, 404]);
  }
  expect((await ask('/', { method: 'POST' })).status).toBe(405);
});

it('X1 keeps the session to itself: the page signs in, calls and signs out, and never has a cookie', async () => {
  const { agent, ask, post } = await desktop();
  const pin = new People(agent.folder).add({ name: 'Ada', role: 'manager' }, 0);
  expect((await ask('/v1/status')).status).toBe(401);
  const signedIn = await post('/v1/sessions', { pin });
  expect([signedIn.status, signedIn.headers.get('set-cookie')]).toEqual([200, null]);
  expect((await ask('/v1/status')).status).toBe(200);
  const { sessions } = (await (await ask('/v1/sessions')).json()) as { sessions: object[] };
  expect(sessions).toMatchObject([{ person: { name: 'Ada' }, device: 'Shelfwire', door: 'machine', isOwn: true }]);
  const act = { kind: 'return', key: 'r', body: { currency: 'EUR', lines: [] } };
  expect(await (await post('/v1/acts', act)).json()).toMatchObject({ code: 'FACT_INVALID' });
  await ask('/v1/sessions', { method: 'DELETE' });
  expect((await ask('/v1/status')).status).toBe(401);
});

it('X1 takes nothing from the page that would be a credential, and nobody else’s pages', async () => {
  const { agent, ask, post } = await desktop();
  const headers = { authorization: `Bearer ${agent.token}`, cookie: 'shelfwire_session=x', host: 'evil', origin: 'x' };
  expect((await ask('/v1/status', { headers })).status).toBe(401);
  expect((await post('/v1/facts', {}, headers)).status).toBe(401);
  const other = appHandler({
    origin: APP_ORIGIN,
    folder: '/',
    agent: new AgentProxy({ port: agent.daemon.port, version: '' }),
  });
  expect((await other(new Request('shelfwire://app.evil/v1/me'))).status).toBe(404);
  expect((await ask('/v1/me', { method: 'PATCH' })).status).toBe(405);
});

it('an agent that is absent is a network error for the page, and no health for the tray', async () => {
  const { agent, ask } = await desktop();
  const { port } = agent.daemon;
  expect(await askHealth(port)).toEqual({
    status: 'ok',
    connection: 'notEnrolled',
    since: null,
    problems: ['NOT_ENROLLED'],
  });
  await agent.daemon.stop('it is absent');
  expect((await ask('/v1/me')).type).toBe('error');
  expect(await askHealth(port)).toBeUndefined();
  // Something else that answers there is not the agent.
  expect(await askHealth(port, async () => Response.json({ status: 'ok' }))).toBeUndefined();
});

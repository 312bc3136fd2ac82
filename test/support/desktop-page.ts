import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { BrowserContext, Page, Route } from 'playwright-core';
import { appHandler } from '#agent/shell/app-protocol.ts';
import { AgentProxy } from '#agent/shell/agent-proxy.ts';
import { answerPage } from '#agent/shell/ipc.ts';
import type { StartAnswer } from '#shared/agent-api/desktop.ts';

/** Stands for shelfwire://app, which only Electron can register: as standard and secure as it. */
export const ORIGIN = 'https://app.test';
const UI = join(import.meta.dirname, '../../agent/ui/dist');

type Invoke = (event: { senderFrame: object | null }, ...given: unknown[]) => Promise<unknown>;

/**
 * The desktop's own parts in a real browser: its built preload runs in each page, its handler answers what the page loads,
 * and its answers to the page ask who sends. What Electron does is not in it: the sandbox, the separation of worlds.
 */
export async function serveDesktop(
  context: BrowserContext,
  parts: { readonly port: number; readonly preload: string; startAgent(): Promise<StartAnswer> },
): Promise<void> {
  const handle = appHandler({ origin: ORIGIN, folder: UI, agent: new AgentProxy({ port: parts.port, version: '0' }) });
  await context.route(`${ORIGIN}/**`, async (route) => fulfil(route, await handle(requestOf(route))));
  const channels = new Map<string, Invoke>();
  const ipc = { handle: (channel: string, answer: Invoke) => void channels.set(channel, answer) };
  answerPage(ipc as unknown as Parameters<typeof answerPage>[0], {
    origin: ORIGIN,
    startAgent: () => parts.startAgent(),
  });
  await context.exposeBinding('toMain', ({ frame }, channel: string, ...given: unknown[]) => {
    const answer = channels.get(channel);
    if (answer === undefined) throw new Error('no such channel');
    return answer({ senderFrame: { url: frame.url(), parent: frame.parentFrame() } }, ...given);
  });
  await context.addInitScript(`(() => {
    const electron = {
      contextBridge: {
        exposeInMainWorld: (name, value) => Object.defineProperty(globalThis, name, { value: Object.freeze(value) }),
      },
      ipcRenderer: { invoke: (...given) => globalThis.toMain(...given) },
    };
    const require = (name) => {
      if (name !== 'electron') throw new Error('a preload in a sandbox cannot require ' + name);
      return electron;
    };
    ((require) => {
      ${readFileSync(parts.preload, 'utf8')}
    })(require);
  })()`);
}

function requestOf(route: Route): Request {
  const request = route.request();
  const body = request.postDataBuffer();
  return new Request(request.url(), {
    method: request.method(),
    headers: request.headers(),
    ...(body === null ? {} : { body: new Uint8Array(body) }),
  });
}

async function fulfil(route: Route, answer: Response): Promise<void> {
  if (answer.type === 'error') return route.abort('connectionrefused');
  await route.fulfill({
    status: answer.status,
    headers: Object.fromEntries(answer.headers),
    body: Buffer.from(await answer.arrayBuffer()),
  });
}

/** What a page says of what it reaches beyond the web. */
export const leaksOf = (page: Page): Promise<string[]> =>
  page.evaluate(() =>
    ['require', 'process', 'module', 'Buffer', 'global', '__dirname', 'electron', 'ipcRenderer'].filter(
      (name) => name in globalThis,
    ),
  );

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { ALONE_KINDS } from './alone.ts';
import { CHANNEL_EMULATORS } from './registry.ts';

const MAIN = join(import.meta.dirname, 'main.ts');
const start = (argv: readonly string[]) =>
  spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });

it.concurrent.for(ALONE_KINDS)(
  '%s runs by itself, says how it is entered at a hub, and ends when it is told to',
  async (kind, { expect }) => {
    const child = start([kind, '--sku', 'A', '--stock', '3', '--order-every', '1', '--channel', 'WEB']);
    let text = '';
    child.stdout.on('data', (chunk: Buffer) => (text += chunk.toString()));
    try {
      await expect.poll(() => text, { timeout: 20_000 }).toMatch(/-d '\{/);
      const [, url = ''] = /at (http:\S+)/.exec(text) ?? [];
      const body = JSON.parse(/-d '(\{.*\})'/.exec(text)?.[1] ?? '') as { kind: string };
      expect(body.kind).toBe(kind);
      expect(JSON.stringify(body)).toContain(url);
      expect((await fetch(url)).status).toBeGreaterThanOrEqual(400);
      // A channel says what it lists, and is ordered from where customers can; an ERP has nothing to say yet.
      const orders = CHANNEL_EMULATORS[kind]?.takesOrders === true ? 'order \\S+ of A\\n' : '';
      const news = 'baseUrl' in body ? new RegExp(`A says 3\\n[^]*${orders}`) : /^/;
      await expect.poll(() => text, { timeout: 10_000 }).toMatch(news);
      child.kill('SIGTERM');
      expect(await once(child, 'exit')).toEqual([0, null]);
    } finally {
      child.kill('SIGKILL');
    }
  },
);

it('says what it did not understand, and how it is called', async () => {
  const child = start(['nothing']);
  let text = '';
  child.stderr.on('data', (chunk: Buffer) => (text += chunk.toString()));
  expect(await once(child, 'exit')).toEqual([2, null]);
  expect(text).toMatch(/^There is no kind "nothing"\.\n\nUsage: node test/);
});

import { spawn, type ChildProcess } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { until } from '#test/support/edge-store.ts';

const MAIN = join(import.meta.dirname, '../../agent/main.ts');

function agent(...argv: string[]): {
  child: ChildProcess;
  done: Promise<{ code: number | null; out: string; err: string }>;
} {
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', MAIN, ...argv], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  onTestFinished(() => void child.kill('SIGKILL'));
  let out = '';
  let err = '';
  child.stdout.on('data', (chunk: Buffer) => (out += chunk.toString()));
  child.stderr.on('data', (chunk: Buffer) => (err += chunk.toString()));
  const done = new Promise<{ code: number | null; out: string; err: string }>((resolve) => {
    child.on('close', (code) => resolve({ code, out, err }));
  });
  return { child, done };
}

it('F2 an agent that is killed with kill -9 has every sale it answered for, and goes on with the file it was reading', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'agent-process-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const data = join(folder, 'data');
  const feeds = join(folder, 'feeds.json');
  const columns = { document: 'no', sku: 'sku', quantity: 'qty', price: 'price', date: 'date' };
  writeFileSync(
    feeds,
    JSON.stringify({
      feeds: [{ name: 'sales', kind: 'transactions', folder: 'drop', currency: 'GBP', settleMs: 50, columns }],
    }),
  );
  mkdirSync(join(folder, 'drop'));
  const { out } = await agent('client', 'add', 'till-1', '--data', data).done;
  const token = out.trim();
  expect(token).toMatch(/^swc_/);

  const start = async () => {
    const endpoint = join(data, 'api.json');
    rmSync(endpoint, { force: true });
    const running = agent('run', '--data', data, '--port', '0', '--feeds', feeds);
    await until(() => existsSync(endpoint) || running.child.exitCode !== null);
    const { port } = JSON.parse(readFileSync(endpoint, 'utf8')) as { port: number };
    const call = async (path: string, body?: unknown) =>
      fetch(`http://127.0.0.1:${port}${path}`, {
        headers: { authorization: `Bearer ${token}` },
        ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
      });
    return { ...running, call };
  };

  const first = await start();
  const rows = Array.from({ length: 20_000 }, (_, index) => `${index},sku-${index % 50},1,1.00,2025-01-02 03:04:05`);
  writeFileSync(join(folder, 'drop', 'day.csv'), ['no,sku,qty,price,date', ...rows, ''].join('\n'));
  await until(() => existsSync(join(folder, 'drop', 'working', 'day.csv')));
  const answered: string[] = [];
  const posting = (async () => {
    for (let number = 1; ; number++) {
      const lines = [{ sku: 'live', quantity: 1, unitPriceMinor: 100 }];
      const response = await first.call('/v1/facts', {
        kind: 'sale',
        key: `live-${number}`,
        body: { currency: 'GBP', lines },
      });
      if (response.status === 201) answered.push(`live-${number}`);
    }
  })().catch(() => undefined);
  await until(() => answered.length >= 5);
  first.child.kill('SIGKILL');
  await posting;
  await first.done;

  const second = await start();
  await until(() => existsSync(join(folder, 'drop', 'done', 'day.csv')), 120_000);
  const report = JSON.parse(readFileSync(join(folder, 'drop', 'done', 'day.csv.report.json'), 'utf8')) as {
    factsAppended: number;
    duplicates: number;
  };
  expect(report.factsAppended + report.duplicates).toBe(20_000);
  const { onHand } = (await (await second.call('/v1/stock/live')).json()) as { onHand: number };
  // A sale that was journaled and not answered any more may be there too: at most the one that was under way.
  expect([answered.length, answered.length + 1]).toContain(-onHand);
  for (const key of answered) {
    const lines = [{ sku: 'live', quantity: 1, unitPriceMinor: 100 }];
    expect((await second.call('/v1/facts', { kind: 'sale', key, body: { currency: 'GBP', lines } })).status).toBe(200);
  }
  const { out: text, code } = await agent('status', '--data', data).done;
  expect(code).toBe(1);
  expect(text).toContain(`${20_000 - onHand} facts on disk`);

  second.child.kill('SIGTERM');
  expect((await second.done).code).toBe(0);
  expect(existsSync(join(data, 'api.json'))).toBe(false);
  expect((await agent('status', '--data', data).done).code).toBe(3);
});

import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { runCommand } from '#shared/runtime/run-command.ts';
import { capturedRun } from '#test/support/captured-run.ts';
import { startCouchServer } from '#test/support/couch-server.ts';
import { adjustmentDraft } from '#test/support/facts.ts';
import { runAgent } from '#test/support/running-agent.ts';
import { agentCommands } from '../commands.ts';
import { agentCli } from '../options.ts';

const shelfwireAgent = (...argv: string[]) =>
  capturedRun((terminal) => runCommand(agentCli, agentCommands, argv, terminal));

function emptyFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), 'agent-cli-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe('shelfwire-agent', () => {
  it('prints help of every command within 80 columns', async () => {
    for (const name of ['', ...Object.keys(agentCli.definition.commands)]) {
      const { out, code } = await shelfwireAgent(...name.split(' ').filter(Boolean), '--help');
      expect(code).toBe(0);
      expect(out.split('\n').filter((line) => line.length > 80)).toEqual([]);
    }
  });

  it('ends quietly when whoever reads its output has gone', async () => {
    const program = spawn(process.execPath, ['agent/shelfwire-agent.mjs', '--help'], {
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    program.stdout.destroy();
    let said = '';
    program.stderr.on('data', (chunk: Buffer) => (said += chunk.toString()));
    const [code] = (await once(program, 'close')) as [number | null];
    expect([code, said]).toEqual([0, '']);
  });

  it('X1 makes a client whose token opens the API, shows the token once, and lists no secret', async () => {
    const agent = await runAgent();
    const { out } = await shelfwireAgent('client', 'add', 'till-9', '--data', agent.folder);
    const token = out.trim();
    expect((await agent.call('/v1/status', { headers: { authorization: `Bearer ${token}` } })).status).toBe(200);
    const list = await shelfwireAgent('client', 'list', '--data', agent.folder);
    expect(list.out).toMatch(/till-1 {2}since .*\ntill-9 {2}since /);
    expect(list.out).not.toContain(token);
    expect(await shelfwireAgent('client', 'remove', 'till-9', '--data', agent.folder)).toMatchObject({ code: 0 });
    expect((await agent.call('/v1/status', { headers: { authorization: `Bearer ${token}` } })).status).toBe(401);
    expect(await shelfwireAgent('client', 'remove', 'till-9', '--data', agent.folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('NOT_FOUND'),
    });
  });

  it('X2 a damaged clients file is CONFIG_INVALID and lets nobody in', async () => {
    const agent = await runAgent();
    writeFileSync(join(agent.folder, 'clients.json'), '{"clients":[{"name":"x"}]}');
    expect(await (await agent.call('/v1/status')).json()).toMatchObject({ code: 'CONFIG_INVALID' });
    expect(await shelfwireAgent('client', 'list', '--data', agent.folder)).toMatchObject({
      code: 1,
      err: expect.stringContaining('CONFIG_INVALID'),
    });
  });

  it('asks the running agent for its status', async () => {
    const agent = await runAgent();
    const text = await shelfwireAgent('status', '--data', agent.folder);
    expect(text).toMatchObject({ code: 1, out: expect.stringContaining('SAFE ON THIS MACHINE') });
    expect(text.out).toContain('NOT_ENROLLED');
    const { out } = await shelfwireAgent('status', '--json', '--data', agent.folder);
    expect(JSON.parse(out)).toMatchObject({ running: true, sync: { phase: 'notEnrolled' } });
  });

  it('reads the folder of an agent that does not run, and makes nothing in an empty one', async () => {
    const agent = await runAgent();
    await agent.call('/v1/facts', {
      method: 'POST',
      body: JSON.stringify({
        kind: 'sale',
        key: 'k',
        body: { currency: 'GBP', lines: [{ sku: 'a', quantity: 1, unitPriceMinor: 1 }] },
      }),
    });
    await agent.daemon.stop('test');
    const text = await shelfwireAgent('status', '--data', agent.folder);
    expect(text).toMatchObject({
      code: 3,
      out: expect.stringMatching(/not running[^]*NOT RUNNING: [^]*; 1 fact is on disk\n/),
    });
    const empty = await shelfwireAgent('status', '--json', '--data', join(emptyFolder(), 'none'));
    expect(empty).toEqual({ code: 3, out: '{"running":false}\n', err: '' });
  });

  it('X2 a feeds file that is wrong is CONFIG_INVALID, naming the setting', async () => {
    const folder = emptyFolder();
    const feeds = join(folder, 'feeds.json');
    const feed = {
      name: 'sales',
      kind: 'transactions',
      folder: 'drop',
      currency: 'GBP',
      columns: { document: 'a', sku: 'b', quantity: 'c', price: 'd', date: 'e' },
    };
    const tried: [unknown, string][] = [
      [{ feeds: [{ ...feed, currency: 'pounds' }] }, 'feeds.0.currency: must be an ISO 4217 code'],
      [{ feeds: [{ ...feed, timeZone: 'London' }] }, 'feeds.0.timeZone: must be an IANA time zone'],
      [{ feeds: [{ ...feed, dateFormat: 'HH:mm' }] }, 'feeds.0.dateFormat'],
      [{ feeds: [{ ...feed, header: false }] }, 'feeds.0.columnNames: is needed when header is false'],
      [{ feeds: [{ ...feed, colums: {} }] }, 'colums'],
      [{ feeds: [feed, { ...feed, folder: 'other' }] }, 'two feeds have the name "sales"'],
      [[feed], 'expected object'],
    ];
    for (const [content, said] of tried) {
      writeFileSync(feeds, JSON.stringify(content));
      const { code, err } = await shelfwireAgent(
        'run',
        '--data',
        join(folder, 'data'),
        '--feeds',
        feeds,
        '--log-level',
        'silent',
      );
      expect([code, err]).toEqual([1, expect.stringContaining(said)]);
      expect(err).toContain('CONFIG_INVALID');
    }
  });

  it('X1 archives the journal of an agent that rests, and never prints the password', async () => {
    const couch = await startCouchServer();
    const agent = await runAgent();
    const to = `${couch.url.replace('http://', 'http://me:geheim@')}/store-1`;
    const running = await shelfwireAgent('archive', '--to', to, '--data', agent.folder);
    expect(running).toMatchObject({ code: 1, err: expect.stringContaining('FOLDER_IN_USE') });
    await agent.daemon.store.journal.append([adjustmentDraft('k1'), adjustmentDraft('k2')]);
    await agent.daemon.stop('test');
    const first = await shelfwireAgent('archive', '--to', to, '--data', agent.folder);
    expect(first).toMatchObject({
      code: 0,
      out: expect.stringMatching(/^2 new facts are in 127.0.0.1:\d+\/store-1\.\n$/),
    });
    const second = await shelfwireAgent('archive', '--to', to, '--data', agent.folder);
    expect(second).toMatchObject({ code: 0, out: expect.stringMatching(/^0 new facts/) });
    couch.intercept = () => ({ status: 401, body: '{"error":"unauthorized","reason":"Name or password is wrong"}' });
    const refused = await shelfwireAgent('archive', '--to', to, '--data', agent.folder);
    expect(refused).toMatchObject({ code: 1, err: expect.stringContaining('ARCHIVE_UNAUTHORIZED') });
    const wrong = await shelfwireAgent('archive', '--to', 'ftp://me:geheim@host/x', '--data', agent.folder);
    expect(wrong).toMatchObject({ code: 2, err: expect.stringContaining('--to') });
    for (const { out, err } of [running, first, second, refused, wrong]) expect(out + err).not.toContain('geheim');
  });
});

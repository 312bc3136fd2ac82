import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, onTestFinished, vi } from 'vitest';
import { runPouchPeer } from './peer-pouchdb.ts';

/** The peer's packages are installed on request only, so these run stand-ins for its two programs. */
describe('runPouchPeer', () => {
  let peersFolder: string;
  beforeEach(() => {
    peersFolder = mkdtempSync(join(tmpdir(), 'shelfwire-test-peers-'));
  });
  afterEach(() => rmSync(peersFolder, { recursive: true, force: true }));

  const result = {
    peer: 'stand-in',
    docs: 10,
    batch: 5,
    seconds: 0.5,
    docsPerSecond: 20,
    bytesUpPerDoc: 800,
    bytesDownPerDoc: 40,
    clientCpuUsPerDoc: 100,
    serverCpuUsPerDoc: 90,
  };
  /** Each program notes its process id and its temporary folder, then does what is given. */
  const standIn = (drain: string): void => {
    mkdirSync(join(peersFolder, 'node_modules'));
    const note = (name: string): string => `
      import { writeFileSync } from 'node:fs';
      writeFileSync(${JSON.stringify(join(peersFolder, name))}, JSON.stringify([process.pid, process.cwd()]));
      setInterval(() => {}, 1000);`;
    const ports = `console.log('{"port": 1, "statsPort": 2}');`;
    writeFileSync(join(peersFolder, 'pouchdb-server.mjs'), note('server') + ports);
    writeFileSync(join(peersFolder, 'pouchdb-drain.mjs'), note('drain') + drain);
  };
  const run = (timeLimitMs = 20_000) =>
    runPouchPeer({ salesFile: 'sales.jsonl', docs: 10, batch: 5, peersFolder, timeLimitMs });
  const isAlive = (pid: number): boolean => {
    try {
      return process.kill(pid, 0);
    } catch {
      return false;
    }
  };
  const noteOf = (name: string): string => {
    const file = join(peersFolder, name);
    return existsSync(file) ? readFileSync(file, 'utf8') : '';
  };
  const expectNothingLeft = (): void => {
    for (const name of ['server', 'drain']) {
      const [pid, folder] = JSON.parse(noteOf(name)) as [number, string];
      expect(isAlive(pid)).toBe(false);
      expect(existsSync(folder)).toBe(false);
    }
  };

  it('says how to install peers that are missing', async () => {
    expect(await run()).toEqual({ skipped: 'peers are not installed: npm ci --prefix test/peers' });
  });

  it('gives what the drain printed and leaves nothing behind', async () => {
    standIn(`console.log(${JSON.stringify(JSON.stringify(result))});`);
    expect(await run()).toEqual(result);
    expectNothingLeft();
  });

  it('ends a drain that hangs at the time limit and leaves nothing behind', async () => {
    standIn('');
    const limit = new AbortController();
    const timeout = vi.spyOn(AbortSignal, 'timeout').mockReturnValue(limit.signal);
    onTestFinished(() => timeout.mockRestore());
    const outcome = run(1500);
    // Not before both programs run, however long that takes.
    await expect.poll(() => ['server', 'drain'].every((name) => noteOf(name) !== '')).toBe(true);
    limit.abort();
    expect(await outcome).toEqual({ skipped: 'the peer did not finish within 1.5 s' });
    expect(timeout).toHaveBeenCalledWith(1500);
    expectNothingLeft();
  });

  it('passes on why the drain failed and leaves nothing behind', async () => {
    standIn(`throw new Error('disk on fire');`);
    expect(await run()).toEqual({
      skipped: 'the peer failed: pouchdb-drain.mjs ended with 1: Error: disk on fire',
    });
    expectNothingLeft();
  });

  it('does not take an answer of another shape for figures', async () => {
    standIn(`console.log(${JSON.stringify(JSON.stringify({ ...result, docsPerSecond: 'many' }))});`);
    expect(await run()).toHaveProperty('skipped', expect.stringContaining('docsPerSecond'));
    expectNothingLeft();
  });
});

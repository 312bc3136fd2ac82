import { spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { STORAGE_ENGINES, type StorageEngine } from '#agent/storage/engines.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { openStore } from './store.ts';

/** `KILLS=100` before the command runs long. */
const KILLS = Number(process.env['KILLS'] ?? 4);
const CHILD = join(import.meta.dirname, '../../test/support/append-loop.ts');

/** Lets a child append, kills it a random while after its first fact, and resolves with what it had printed as acknowledged. */
function appendUntilKilled(folder: string, run: string, engine: StorageEngine): Promise<[key: string, seq: number][]> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', CHILD, folder, run, engine], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let printed = '';
    let killing = false;
    child.stdout.setEncoding('utf8').on('data', (text: string) => {
      printed += text;
      // "ready" comes first; each run has at least one acknowledged fact.
      if (killing || printed.split('\n').length < 3) return;
      killing = true;
      setTimeout(() => child.kill('SIGKILL'), Math.random() * 120);
    });
    child.on('error', reject);
    child.on('close', (code, signal) => {
      if (signal !== 'SIGKILL') return reject(new Error(`the child ended by itself: ${code} ${signal}`));
      // The last line may be cut: its fact need not have been acknowledged.
      const lines = printed.split('\n').slice(1, -1);
      return resolve(
        lines.map((line) => [line.slice(0, line.lastIndexOf(' ')), Number(line.slice(line.lastIndexOf(' ')))]),
      );
    });
  });
}

it.each(STORAGE_ENGINES)(
  `F2 F3 ${KILLS} kills at random while appending: every acknowledged fact is there, seq is gapless (%s)`,
  { timeout: 180_000 },
  async (engine) => {
    const folder = mkdtempSync(join(tmpdir(), 'journal-kill-'));
    try {
      const acknowledged = new Map<string, number>();
      for (let kill = 0; kill < KILLS; kill++) {
        for (const [key, seq] of await appendUntilKilled(folder, `run${kill}`, engine)) acknowledged.set(key, seq);
      }
      const store = await openStore({ folder, logger: silentLogger, clock: systemClock });
      const found = new Map<string, number>();
      for (let from = 1; from <= store.journal.lastSeq;) {
        const page = await store.journal.read(from, 500);
        for (const { key, seq } of page) {
          expect(seq).toBe(from++);
          found.set(key, seq);
        }
        expect(page.length).toBeGreaterThan(0);
      }
      const lost = [...acknowledged].filter(([key, seq]) => found.get(key) !== seq);
      expect(lost).toEqual([]);
      expect(found.size).toBe(store.journal.lastSeq);
      expect(acknowledged.size).toBeGreaterThanOrEqual(KILLS);
      await store.close();
    } finally {
      rmSync(folder, { recursive: true, force: true });
    }
  },
);

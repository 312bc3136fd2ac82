import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { DiskGauge } from './disk-gauge.ts';

it('says how much room there is and how much is taken, and looks again after a while', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gauge-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  mkdirSync(join(folder, 'arrivals'));
  writeFileSync(join(folder, 'store.sqlite'), 'x'.repeat(5_000));
  let now = 0;
  const gauge = new DiskGauge(folder, { monotonic: () => now });
  const first = await gauge.read();
  expect(first).toMatchObject({ dataBytes: 5_000 });
  expect(first!.freeBytes).toBeGreaterThan(0);
  expect(first!.totalBytes).toBeGreaterThan(first!.freeBytes);
  writeFileSync(join(folder, 'arrivals', '1.json'), 'x'.repeat(100));
  expect(await gauge.read()).toEqual(first);
  now = 31_000;
  expect(await gauge.read()).toMatchObject({ dataBytes: 5_100 });
});

it('says nothing of a folder that is not there', async () => {
  expect(await new DiskGauge('/nowhere/at/all', { monotonic: () => 0 }).read()).toBeNull();
});

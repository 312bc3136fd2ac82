import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import { openEngine, STORAGE_ENGINES } from '#agent/storage/engines.ts';
import { startDownstream } from '#agent/sync/downstream.ts';
import type { Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { saleDraft } from '#test/support/facts.ts';
import { until } from '#test/support/edge-store.ts';
import { openDatabase } from './database.ts';
import { openWithOwnDocuments } from './hub-documents.ts';
import { openStore, type Store } from './store.ts';

describe.each(STORAGE_ENGINES)('a folder that is enrolled anew, on %s', (engine) => {
  it('S4 has nothing any more of what a hub has said before, asks for all anew, and keeps every fact', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'anew-'));
    let store: Store | undefined;
    onTestFinished(async () => {
      await store?.close();
      rmSync(folder, { recursive: true, force: true });
    });
    const open = async () => {
      await store?.close();
      return (store = await openStore({ folder, engine, logger: silentLogger, clock: systemClock }));
    };
    const enrolled = (device: number) => {
      const identity = { device, store: { code: 'S1', name: 'One' }, hubUrl: 'http://h', deviceName: 'a' };
      return store!.device.update({ identity: { ...identity, enrolledAt: device }, hasEarlierDocuments: true });
    };
    /** Pulls what this hub has until it is here; gives the first question of each collection. */
    const pulled = async (onHand: number, watermark: number): Promise<Pull[]> => {
      const asked: Pull[] = [];
      const complete = new Set<string>();
      const down = startDownstream({
        db: store!.db,
        source: {
          pull: async (pull) => {
            if (!asked.some(({ collection }) => collection === pull.collection)) asked.push(pull);
            return answer(pull, onHand, watermark);
          },
        },
        logger: silentLogger,
        onComplete: (collection) => complete.add(collection),
      });
      await until(() => complete.size === 4 && store!.stockView.hubPosition('A')?.state.onHand === onHand);
      await down.pulled('products');
      await down.stop();
      await store!.stockView.settled();
      return asked;
    };
    const shown = () => ({
      hub: store!.stockView.hubPosition('A')?.state.onHand,
      onHand: store!.stockView.onHand('A'),
      product: store!.products.get('A')?.name,
      ...store!.freshness(),
    });
    const asOf = systemClock.now();

    await open();
    await enrolled(1);
    await open();
    await store!.journal.append([saleDraft('sent', [['A', 1]]), saleDraft('unsent', [['A', 2]])]);
    const { epoch } = store!.journal;
    await store!.device.update({ journalNumbers: [{ epoch, journal: 4 }] });
    expect((await pulled(10, 1)).map(({ checkpoint }) => checkpoint)).toEqual([null, null, null, null]);
    store!.device.mark({ ackedSeq: 1, pulledAt: asOf });
    const before = { hub: 10, onHand: 8, product: 'Apple', asOf, unsent: 1 };
    expect(shown()).toEqual(before);
    // A restart is no enrolment.
    await open();
    expect(shown()).toEqual(before);

    await enrolled(2);
    await open();
    const own = { hub: undefined, onHand: -3, product: undefined, asOf: null, unsent: 2 };
    expect(shown()).toEqual(own);
    expect(store!.journal).toMatchObject({ epoch, lastSeq: 2 });
    // Not once more with each start.
    expect((await pulled(20, 0)).map(({ checkpoint }) => checkpoint)).toEqual([null, null, null, null]);
    await open();
    expect(shown()).toEqual({ ...own, hub: 20, onHand: 17, product: 'Apple' });

    // Killed before the note was taken off: the next opening does it again, over what is there by half.
    await enrolled(3);
    await store!.db.positions.remove();
    await open();
    expect(shown()).toEqual(own);
  });
});

it('a database that does not take it is closed, and stays as it was', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'anew-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const store = await openStore({ folder, logger: silentLogger, clock: systemClock });
  await store.device.update({ hasEarlierDocuments: true });
  await store.close();
  const storage = await openEngine('sqlite', folder);
  const failing = async () => {
    const db = await openDatabase(storage, folder);
    db.positions.remove = () => Promise.reject(new Error('the disk is full'));
    return db;
  };
  await expect(openWithOwnDocuments(failing, silentLogger)).rejects.toThrow('the disk is full');
  const again = await openStore({ folder, logger: silentLogger, clock: systemClock });
  expect(again.device.state.hasEarlierDocuments).toBe(false);
  await again.close();
});

function answer({ collection, checkpoint }: Pull, onHand: number, watermark: number): PullAnswer {
  const place = { generation: 'g', position: '7', after: null, scanning: false };
  const common = { checkpoint: place, complete: true };
  if (collection === 'positions' && checkpoint === null) {
    const units = { onHand, damaged: 0, quarantined: 0, anchor: null };
    return { collection, documents: [{ sku: 'A', ...units, journal: 4, watermark }], ...common };
  }
  if (collection === 'products' && checkpoint === null)
    return { collection, documents: [{ sku: 'A', name: 'Apple', gtin: null, deleted: false }], ...common };
  return { collection, documents: [], ...common };
}

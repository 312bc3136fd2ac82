import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Intake } from '#agent/pos/intake.ts';
import type { SourceContext } from '#agent/pos/source.ts';
import type { StorageEngine } from '#agent/storage/engines.ts';
import { openStore, type Store } from '#agent/store/store.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { silentLogger } from '#shared/runtime/logger.ts';

/** A real store in a folder of its own, and what POS sources are made with. */
export interface EdgeStore extends AsyncDisposable {
  readonly folder: string;
  readonly store: Store;
  /** Closes the store and opens another one on its folder. What sources were made with is the old one's. */
  readonly reopen: () => Promise<void>;
  readonly context: SourceContext;
  /** Every fact of the journal, in order. */
  readonly facts: () => Promise<{ kind: string; key: string; body: unknown }[]>;
  readonly quarantined: () => Promise<{ code: string; detail: string; verbatim: string; source: string }[]>;
}

export async function openEdgeStore(knownSkus?: ReadonlySet<string>, engine?: StorageEngine): Promise<EdgeStore> {
  const folder = mkdtempSync(join(tmpdir(), 'edge-'));
  const open = () => openStore({ folder: join(folder, 'data'), engine, logger: silentLogger, clock: systemClock });
  let store = await open();
  const unknownSkus = (skus: Iterable<string>) =>
    knownSkus ? [...new Set(skus)].filter((sku) => !knownSkus.has(sku)) : [];
  const intake = new Intake({
    journal: store.journal,
    quarantine: store.quarantine,
    unknownSkus,
    twiceReturned: (taken) => store.returnedTwice.among(taken),
  });
  return {
    folder,
    get store() {
      return store;
    },
    async reopen() {
      await store.close();
      store = await open();
    },
    context: { intake, clock: systemClock, logger: silentLogger },
    async facts() {
      const facts = [];
      for (let from = 1; from <= store.journal.lastSeq;) {
        const page = await store.journal.read(from, 500);
        facts.push(...page.map(({ kind, bodyText, key }) => ({ kind, key, body: JSON.parse(bodyText) as unknown })));
        from += page.length;
      }
      return facts;
    },
    async quarantined() {
      return (await store.quarantine.list({ limit: 1_000 })).items;
    },
    async [Symbol.asyncDispose]() {
      await store.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

/** Waits until something holds, for at most `limitMs`. */
export async function until(holds: () => boolean | Promise<boolean>, limitMs = 20_000): Promise<void> {
  const end = performance.now() + limitMs;
  while (!(await holds())) {
    if (performance.now() > end) throw new Error(`not within ${limitMs} ms: ${holds.toString()}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}

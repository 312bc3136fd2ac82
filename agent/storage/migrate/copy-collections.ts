import type { CollectionPort, CopyPort } from './copy-port.ts';
import { type CopyPlan, labelOf, type PlannedCollection } from './copy-plan.ts';
import { type CollectionDigest, digestOf } from './copy-digest.ts';

const PAGE = 500;

export interface CopyProgress {
  readonly phase: 'copying' | 'comparing';
  readonly done: number;
  readonly total: number;
}
type OnProgress = (progress: CopyProgress) => void;

/** Copies what the target has not; goes on after the last document that the target has of each collection. */
export async function copyCollections(
  source: CopyPort,
  target: CopyPort,
  plan: CopyPlan,
  onProgress: OnProgress,
): Promise<void> {
  const count = counter('copying', await countAll(source, plan), onProgress);
  for (const planned of plan.collections) {
    await withBoth(source, target, planned, async (from, to) => {
      let after = Math.min(to.topSeq(), from.topSeq());
      count(to.count());
      for (;;) {
        const page = await from.read(after, PAGE);
        if (page.length === 0) break;
        await to.write(page);
        after = page.at(-1)?.seq ?? after;
        count(page.length);
      }
      await to.raiseTop(from.topSeq());
    });
  }
}

/** The collections that source and target do not hold alike, document by document; both are read from disk. */
export async function compareCollections(
  source: CopyPort,
  target: CopyPort,
  plan: CopyPlan,
  onProgress: OnProgress,
): Promise<{ label: string; source: CollectionDigest; target: CollectionDigest }[]> {
  const count = counter('comparing', 2 * (await countAll(source, plan)), onProgress);
  const differing: { label: string; source: CollectionDigest; target: CollectionDigest }[] = [];
  for (const planned of plan.collections) {
    await withBoth(source, target, planned, async (from, to) => {
      const digests = { source: await digestOf(from, count), target: await digestOf(to, count) };
      const isSame =
        digests.source.count === digests.target.count &&
        digests.source.topSeq === digests.target.topSeq &&
        digests.source.sha256 === digests.target.sha256;
      if (!isSame) differing.push({ label: labelOf(planned), ...digests });
    });
  }
  return differing;
}

async function countAll(source: CopyPort, plan: CopyPlan): Promise<number> {
  let total = 0;
  for (const { collection, schema } of plan.collections) {
    const port = await source.open(collection, schema);
    total += port.count();
    await port.close();
  }
  return total;
}

async function withBoth(
  source: CopyPort,
  target: CopyPort,
  { collection, schema }: PlannedCollection,
  work: (from: CollectionPort, to: CollectionPort) => Promise<void>,
): Promise<void> {
  const from = await source.open(collection, schema);
  try {
    const to = await target.open(collection, schema);
    try {
      await work(from, to);
    } finally {
      await to.close();
    }
  } finally {
    await from.close();
  }
}

function counter(phase: CopyProgress['phase'], total: number, onProgress: OnProgress): (count: number) => void {
  let done = 0;
  return (count) => {
    done = Math.min(done + count, total);
    onProgress({ phase, done, total });
  };
}

import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { StorageEngine } from '../engines.ts';
import { type FolderStorage, placeOf, settleFolderStorage, writeFolderStorage } from '../folder-storage.ts';
import { pouchCopyPort } from '../pouchdb/copy-port.ts';
import { sqliteCopyPort } from '../sqlite/copy-port.ts';
import { compareCollections, copyCollections, type CopyProgress } from './copy-collections.ts';
import type { CopyPort } from './copy-port.ts';
import { type CopyPlan, planCopy } from './copy-plan.ts';
import { beginMigration, endMigration, readMigration, setFirstFilesAside } from './migration-state.ts';

const DATABASE = 'store';

export interface MigrateRun {
  /** The data folder; the caller holds its lock. */
  readonly dataFolder: string;
  readonly to: StorageEngine;
  readonly onProgress: (progress: CopyProgress) => void;
}

export interface MigrateReport {
  /** False: the folder had this engine already. */
  readonly moved: boolean;
  readonly collections: number;
  /** What lies in the old files only: it belongs to no collection any more. */
  readonly leftBehind: readonly string[];
}

/**
 * Moves a data folder to another engine:
 *   copy to a folder of its own -> compare -> storage.json names it (one rename) -> the old files are put aside
 * Until that rename the old engine counts, whatever happens; after it the new one. Run again after a crash, it goes on
 * where it was; what was sold in between with the old engine is copied too. Errors: STORAGE_COPY_DIFFERS, STORAGE_*.
 */
export async function migrateStorage({ dataFolder, to, onProgress }: MigrateRun): Promise<MigrateReport> {
  const present = settleFolderStorage(dataFolder, undefined);
  const begun = readMigration(dataFolder);
  if (present.engine === to) {
    if (begun !== undefined) finish(dataFolder, present, begun.into);
    return { moved: begun?.into === present.folder && begun !== undefined, collections: 0, leftBehind: [] };
  }
  const { into } = begun ?? beginMigration(dataFolder, to);
  const next: FolderStorage = { engine: to, folder: into };
  const source = portOf(present.engine, placeOf(dataFolder, present));
  const target = portOf(to, placeOf(dataFolder, next));
  const plan = await planCopy(source);
  mkdirSync(placeOf(dataFolder, next), { recursive: true, mode: 0o700 });
  await copyAndCompare(source, target, plan, onProgress, () => {
    rmSync(placeOf(dataFolder, next), { recursive: true, force: true });
  });
  writeFolderStorage(dataFolder, next);
  finish(dataFolder, next, into);
  return { moved: true, collections: plan.collections.length, leftBehind: plan.leftBehind };
}

async function copyAndCompare(
  source: CopyPort,
  target: CopyPort,
  plan: CopyPlan,
  onProgress: MigrateRun['onProgress'],
  discard: () => void,
): Promise<void> {
  for (const isLast of [false, true]) {
    await copyCollections(source, target, plan, onProgress);
    const [differing] = await compareCollections(source, target, plan, onProgress);
    if (differing === undefined) return;
    if (isLast) {
      throw new ShelfwireError(
        'STORAGE_COPY_DIFFERS',
        `The copy of ${differing.label} is not what it was copied from.`,
        {
          context: differing,
        },
      );
    }
    // An earlier run had begun it, and meanwhile the store went on: what was purged since is still in the copy.
    discard();
  }
}

/** What is left to do when storage.json has been written, or when a copy is not wanted any more. */
function finish(dataFolder: string, present: FolderStorage, into: string): void {
  if (present.folder === into) setFirstFilesAside(dataFolder);
  else rmSync(join(dataFolder, into), { recursive: true, force: true });
  endMigration(dataFolder);
}

function portOf(engine: StorageEngine, folder: string): CopyPort {
  return engine === 'sqlite' ? sqliteCopyPort(folder, DATABASE) : pouchCopyPort(folder, DATABASE);
}

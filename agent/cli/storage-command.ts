import type { Clock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { migrateStorage } from '../storage/migrate/migrate-storage.ts';
import { openStore } from '../store/store.ts';
import { progressBar } from '#shared/runtime/progress-bar.ts';

/** Moves the data folder to another engine. The agent must not run on the folder meanwhile: FOLDER_IN_USE. */
export async function storageMigrateCommand(
  options: { readonly data: string; readonly to: StorageEngine },
  terminal: Terminal,
  parts: { clock: Clock; logger: Logger },
): Promise<number> {
  const { data: dataFolder, to } = options;
  const lock = lockFolder(dataFolder);
  try {
    // Holes and damage are settled by the store, which can tell what they mean; only then it is copied.
    const store = await openStore({ folder: dataFolder, ...parts });
    const damage = store.damage();
    await store.close();
    for (const { code, detail, remedy } of damage) terminal.err(`${code}: ${detail}\n${remedy}\n`);
    let shown = '';
    const report = await migrateStorage({
      dataFolder,
      to,
      onProgress({ phase, done, total }) {
        if (!terminal.isInteractive) return;
        const line = progressBar(phase, done, total);
        if (line !== shown) terminal.err(`\r${line}`);
        shown = line;
      },
    });
    if (shown !== '') terminal.err('\n');
    if (!report.moved) {
      terminal.out(`${dataFolder} is kept by ${to} already.\n`);
      return 0;
    }
    for (const name of report.leftBehind) terminal.err(`Left in the old files: ${name} belongs to no collection.\n`);
    terminal.out(`${dataFolder} is kept by ${to} now; the old files are still there, in a folder storage-N.\n`);
    return 0;
  } finally {
    lock.release();
  }
}

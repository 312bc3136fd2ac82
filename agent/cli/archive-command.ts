import type { Clock } from '#shared/runtime/clock.ts';
import { lockFolder } from '#shared/runtime/folder-lock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Terminal } from '#shared/runtime/run-command.ts';
import { archiveJournal } from '../archive/archive-journal.ts';
import { openTarget, readAddress } from '../archive/archive-target.ts';
import type { StorageEngine } from '../storage/engines.ts';
import { openStore } from '../store/store.ts';

interface ArchiveCommandOptions {
  readonly data: string;
  readonly storage: StorageEngine | undefined;
  readonly to: string;
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Copies the journal to a CouchDB. The agent must not run on the folder meanwhile: FOLDER_IN_USE. */
export async function archiveCommand(
  options: ArchiveCommandOptions,
  terminal: Terminal,
  parts: { clock: Clock; logger: Logger },
): Promise<number> {
  const { data: folder, storage: engine, to, user, password } = options;
  const address = readAddress(to, { user, password });
  const lock = lockFolder(folder);
  try {
    const target = await openTarget(address);
    const store = await openStore({ folder, engine, ...parts });
    try {
      const say = (gone: number) => terminal.err(`\r${gone.toLocaleString('en')} facts gone through`);
      const onProgress = terminal.isInteractive ? say : () => undefined;
      let gone = 0;
      const written = await archiveJournal({
        journal: store.db.journal,
        target,
        onProgress: (count) => onProgress((gone = count)),
      });
      if (terminal.isInteractive) terminal.err('\r');
      const already = gone - written;
      const had = already > 0 ? `, ${already.toLocaleString('en')} were there already` : '';
      terminal.out(`${written.toLocaleString('en')} new facts are in ${address.shown}${had}.\n`);
      return 0;
    } finally {
      await store.close();
    }
  } finally {
    lock.release();
  }
}

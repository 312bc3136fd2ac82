import { join } from 'node:path';
import { startRepeating } from '#shared/runtime/repeating.ts';
import type { Part } from '#shared/runtime/lifecycle.ts';
import { snapshot } from '#hub/db/snapshot.ts';
import { listOpenSources, type Source } from '../source.ts';
import { SourceFolder, type FolderParts } from './source-folder.ts';

/**
 * Watches a folder with one folder a source in it, named by its code. Looked at again and again, since folders on a network do not
 * tell of changes. Every source has its turn, a file each; one that cannot be read holds no other up.
 */
export function watchFolders(folder: string, parts: FolderParts, everyMs = 1_000): Part {
  const folders = new Map<string, SourceFolder>();
  let stopping = false;
  const isStopping = (): boolean => stopping;
  const takeOne = async (source: Source): Promise<boolean> => {
    const own = folders.get(source.code) ?? new SourceFolder(join(folder, source.code), parts);
    folders.set(source.code, own);
    try {
      return await own.takeNext(source, isStopping);
    } catch (err) {
      parts.logger.error({ err, source: source.code }, 'a folder of a source waits and is tried again');
      return false;
    }
  };
  const repeating = startRepeating({
    name: 'folders of sources',
    clock: parts.clock,
    logger: parts.logger,
    everyMs,
    firstAfterMs: 0,
    async turn() {
      const sources = await snapshot(parts.pool, listOpenSources);
      let waiting = sources.filter(({ settings }) => settings.files.length > 0);
      while (waiting.length > 0 && !isStopping()) {
        const more: Source[] = [];
        for (const source of waiting) if (await takeOne(source)) more.push(source);
        waiting = more;
      }
    },
  });
  return {
    name: 'folders of sources',
    async stop() {
      stopping = true;
      await repeating.stop();
    },
  };
}

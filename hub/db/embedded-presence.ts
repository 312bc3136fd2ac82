import { readdir } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whether the folder may hold a cluster: false only when there surely is none. What is there but cannot be read counts
 * as one, so that starting it says why.
 */
export async function mayHoldCluster(folder: string): Promise<boolean> {
  try {
    return (await readdir(join(folder, 'pgdata'))).length > 0;
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code !== 'ENOENT' && code !== 'ENOTDIR';
  }
}

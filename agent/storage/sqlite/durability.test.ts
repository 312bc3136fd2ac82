import { it } from 'vitest';
import { bulkWriter, expectOneSyncEach } from '#test/support/bulk-writer.ts';
import { needsTracer } from '#test/support/tracer.ts';

const WRITER = bulkWriter({ module: '#agent/storage/sqlite/rx-storage.ts', factory: 'getRxStorageSqlite' });

it('F2 syncs the log exactly once before each acknowledgement (needs strace)', { timeout: 120_000 }, ({ skip }) => {
  needsTracer(skip);
  expectOneSyncEach(WRITER, /sync\(\d+<.*store\.sqlite-wal>\)/);
});

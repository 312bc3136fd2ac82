import { describe } from 'vitest';
import { registerAttachmentTests } from './attachment-tests.ts';
import { registerBacklogTests } from './backlog-tests.ts';
import { registerChangeTests } from './change-tests.ts';
import { registerDatabaseTests } from './database-tests.ts';
import type { StorageUnderTest } from './engine.ts';
import { registerKillTests } from './kill-tests.ts';
import { registerLifecycleTests } from './lifecycle-tests.ts';
import { registerMigrationTests } from './migration-tests.ts';
import { registerModelTests } from './model-tests.ts';
import { registerQueryTests } from './query-tests.ts';
import { registerReplicationTests } from './replication-tests.ts';
import { registerSelectorTests } from './selector-tests.ts';
import { registerStreamTests } from './stream-tests.ts';
import { registerWriteTests } from './write-tests.ts';

const SECTIONS: readonly [title: string, register: (engine: StorageUnderTest) => void][] = [
  ['writes', registerWriteTests],
  ['change stream', registerStreamTests],
  ['changes since', registerChangeTests],
  ['queries', registerQueryTests],
  ['selectors', registerSelectorTests],
  ['model', registerModelTests],
  ['attachments', registerAttachmentTests],
  ['lifecycle', registerLifecycleTests],
  ['under an RxDatabase', registerDatabaseTests],
  ['schema migration', registerMigrationTests],
  ['replication', registerReplicationTests],
  ['kill -9', registerKillTests],
  ['backlog', registerBacklogTests],
];

/** What the agent asks of an RxDB storage. One suite for every engine: engines stay interchangeable. */
export function registerRxStorageTests(engine: StorageUnderTest): void {
  describe.each(SECTIONS)(`${engine.name} storage: %s`, (_title, register) => {
    register(engine);
  });
}

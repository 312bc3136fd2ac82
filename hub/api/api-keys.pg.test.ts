import { hash } from 'node:crypto';
import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { migrate } from '#hub/db/migrate.ts';
import { MIGRATIONS } from '#hub/db/migrations.ts';
import { createTestDatabase } from '#test/support/database.ts';
import { findCaller } from './api-keys.ts';

it('X1 keys that were made before there were scopes may what they could, no more and no less', async () => {
  const database = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-migrations-'));
  onTestFinished(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  for (const name of await readdir(MIGRATIONS)) {
    if (name < '0008') await cp(join(MIGRATIONS, name), join(folder, name));
  }
  await migrate(database.pool, folder);
  const keys = ['r', 'w', 'x'].map((letter) => `swk_${letter.repeat(43)}`);
  await database.pool.query(
    `INSERT INTO api_keys (key_hash, name, scope, revoked_at)
     VALUES ($1, 'reader', 'read', NULL), ($2, 'writer', 'write', NULL), ($3, 'gone', 'write', now())`,
    keys.map((key) => hash('sha256', key, 'buffer')),
  );
  await migrate(database.pool, MIGRATIONS);
  expect(await Promise.all(keys.map((key) => findCaller(database.pool, key)))).toEqual([
    { name: 'reader', scopes: ['read'], perSecond: 100 },
    { name: 'writer', scopes: ['write'], perSecond: 100 },
    undefined,
  ]);
});

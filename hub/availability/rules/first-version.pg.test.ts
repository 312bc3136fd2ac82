import { cp, mkdtemp, readdir, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { createTestDatabase } from '#test/support/database.ts';
import { migrate } from '#hub/db/migrate.ts';
import { MIGRATIONS } from '#hub/db/migrations.ts';
import { editRules } from './apply-rules.ts';
import { versionAt } from './rule-versions.ts';
import { setChannel } from './set-channel.ts';

it('channels that were there before rules had versions are the first version, and stay when another is added', async () => {
  const database = await createTestDatabase({ empty: true });
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-migrations-'));
  onTestFinished(async () => {
    await database.drop();
    await rm(folder, { recursive: true, force: true });
  });
  for (const name of await readdir(MIGRATIONS)) {
    if (name < '0003') await cp(join(MIGRATIONS, name), join(folder, name));
  }
  await migrate(database.pool, folder);
  await database.pool.query(`
    INSERT INTO locations (code, name) VALUES ('S1', 'One'), ('S2', 'Two');
    INSERT INTO channels (code, name) VALUES ('web', 'The "web"'), ('amz', 'Amazon');
    INSERT INTO channel_locations VALUES ('web', 2), ('web', 1)`);
  await migrate(database.pool, MIGRATIONS);

  const first = await versionAt(database.pool, new Date());
  expect(first).toMatchObject({ version: 1, state: 'in force', appliedBy: 'migration' });
  expect(first!.rules.channels).toMatchObject([
    { code: 'amz', name: 'Amazon', locations: [] },
    { code: 'web', name: 'The "web"', locations: ['S1', 'S2'], epsilon: 0.01 },
  ]);
  const shop = { code: 'shop', name: 'Shop', locations: ['S1'] };
  await editRules(database.pool, async (_, newest) => setChannel(newest?.document, shop), { by: 'test' });
  const { rows } = await database.pool.query('SELECT code, removed_at FROM channels ORDER BY channel_no');
  expect(rows.map((row: { code: string; removed_at: null }) => [row.code, row.removed_at])).toEqual([
    ['web', null],
    ['amz', null],
    ['shop', null],
  ]);
});

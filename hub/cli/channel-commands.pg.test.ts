import { afterAll, beforeAll, expect, it } from 'vitest';
import { keepUntaken } from '#hub/connectors/orders/untaken-orders.ts';
import { hubCli } from '#hub/options.ts';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand } from '#shared/runtime/run-command.ts';
import { capturedHubRun } from '#test/support/captured-run.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { channelCommands } from './channel-commands.ts';

const { options, commands, ...program } = hubCli.definition;
const cli = defineCli({
  ...program,
  options,
  commands: {
    'channels orders': commands['channels orders'],
    'channels retry': commands['channels retry'],
    'channels dismiss': commands['channels dismiss'],
  },
});

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
  await database.pool.query(`
    INSERT INTO channels (code, name) VALUES ('shop', 's');
    INSERT INTO channel_accounts (channel_no, kind, name, base_url, settings, credentials, counts_down, dry_run, created_by, orders_at)
      SELECT channel_no, 'signedWebhook', 's', 'http://x', '{}', '\\x00', false, false, 'test', now() FROM channels WHERE code = 'shop'`);
});
afterAll(() => database.drop());

const run = (...args: string[]) =>
  capturedHubRun(database.url, (terminal) => runCommand(cli, channelCommands, ['channels', ...args], terminal));

it('F5 orders that could not be taken on the command line: listed, tried again, dismissed', async () => {
  expect((await run('orders')).out).toBe('There are no such orders.\n');
  const came = { verbatim: { a: 1 }, lines: [{ channelSku: 'A', units: 2 }] };
  const untaken = { account: 1, channel: 'shop', code: 'CHANNEL_ORDER_UNREADABLE', detail: 'no instant' };
  await keepUntaken(database.pool, { ...untaken, id: 'o/1', came, isUnfit: true, waitMs: 0 });
  const listed = /1 +shop +o\/1 +aside +1 +2 +0 +CHANNEL_ORDER_UNREADABLE: no instant/;
  expect((await run('orders', '--account', '1')).out).toMatch(listed);
  expect(JSON.parse((await run('orders', '--json')).out)).toMatchObject([{ order: 'o/1', lines: came.lines }]);
  expect((await run('retry', '1', 'o/1')).code).toBe(0);
  expect((await run('orders', '--state', 'waiting')).out).toContain('o/1');
  expect((await run('dismiss', '1', 'o/1', '--note', 'a test')).code).toBe(0);
  expect((await run('dismiss', '1', 'o/1', '--note', 'a test')).err).toContain('CONFLICT');
  expect((await run('retry', 'x', 'o/1')).err).toContain('OPTION_INVALID');
  expect((await run('retry', '1', 'o/2')).err).toContain('NOT_FOUND');
});

import { randomUUID } from 'node:crypto';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { claimWebhooks } from '#hub/outbox/claim.ts';
import { addEvents } from '#hub/outbox/add-events.ts';
import { createTestDatabase, type TestDatabase } from '#test/support/database.ts';
import { makeWebhook } from '#test/support/webhooks.ts';
import { endAllClaims } from './end-claims.ts';

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase();
});
afterAll(() => database.drop());

it('what a killed hub had claimed is free at once: webhooks, accounts at channels, streams and turns of ERPs', async () => {
  const { pool } = database;
  const { webhook } = await makeWebhook(pool, 'http://127.0.0.1:9/');
  const event = { data: { webhook, by: 'me' }, correlationId: 'c', occurredAt: 0 };
  await addEvents(pool, 'webhook.ping', [event], webhook);
  const claim = () => claimWebhooks(pool, { id: randomUUID(), most: 9, seconds: 60, kinds: ['webhook'] });
  expect(await claim()).toHaveLength(1);
  expect(await claim()).toHaveLength(0);
  await pool.query(`
    INSERT INTO channels (code, name) VALUES ('web', 'web');
    INSERT INTO channel_accounts (channel_no, kind, name, base_url, settings, credentials, counts_down, dry_run, created_by, claim, claimed_until)
      VALUES (1, 'x', 'x', 'x', '{}', '', false, false, 'me', gen_random_uuid(), now() + interval '1 minute');
    INSERT INTO erps (code, kind, name, settings, credentials, pace, created_by) VALUES ('e', 'rest', 'x', '{}', '', '{}', 'me');
    INSERT INTO erp_streams (erp_no, stream, last_document, claim, claimed_until)
      VALUES (1, 's', 1, gen_random_uuid(), now() + interval '1 minute');
    INSERT INTO erp_turns (claim, erp_no, ends_at) VALUES (gen_random_uuid(), 1, now() + interval '1 minute')`);
  await endAllClaims(pool);
  expect(await claim()).toHaveLength(1);
  const { rows } = await pool.query<{ held: number }>(`
    SELECT ((SELECT count(*) FROM channel_accounts WHERE claimed_until > now()) + (SELECT count(*) FROM erp_turns)
      + (SELECT count(*) FROM erp_streams WHERE claimed_until > now() OR claim IS NOT NULL))::int AS held`);
  expect(rows).toEqual([{ held: 0 }]);
});

import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Pool } from 'pg';
import { ChannelAccounts } from '#hub/connectors/accounts/channel-accounts.ts';
import { Vault } from '#hub/connectors/accounts/vault.ts';

/** Accounts at channels with a key of their own; webhooks are taken by whoever gives `receive`. */
export function channelParts(pool: Pool) {
  const vault = new Vault(join(mkdtempSync(join(tmpdir(), 'shelfwire-keys-')), 'channel-keys'));
  return {
    vault,
    accounts: new ChannelAccounts(pool, { vault, toPrivate: true }),
    receive: (): Promise<boolean> => Promise.reject(new Error('not part of this test')),
  };
}

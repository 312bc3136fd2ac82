import type { Pool } from 'pg';
import { storeCode, text } from '#shared/protocol/fields.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { requireStore } from '#hub/api/require.ts';
import { saveStore } from '#hub/api/stores.ts';
import { createToken } from '#hub/sync/enrolment.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger, readText } from './command-input.ts';
import { withDatabase } from './with-database.ts';

const HOUR_MS = 3_600_000;
const ADD_STORE = 'INSERT INTO locations (code, name) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING';

/** Stores, and the tokens by which their devices are enrolled. */
export const storeCommands: Pick<CommandHandlers<HubCli>, 'store create' | 'token create'> = {
  'store create': async ({ options }, terminal) => {
    const code = readText(storeCode, options.store, '--store');
    const name = readText(text, options.name ?? code, '--name');
    const created = await withDatabase(options, commandLogger(options), (pool) => saveStore(pool, code, name));
    terminal.out(`Store ${code} ("${name}") is ${created ? 'created' : 'renamed'}.\n`);
    return 0;
  },

  'token create': async ({ options }, terminal) => {
    const code = readText(storeCode, options.store, '--store');
    const name = options.name === undefined ? undefined : readText(text, options.name, '--name');
    const { token, expiresAt } = await withDatabase(options, commandLogger(options), async (pool: Pool) => {
      if (name !== undefined) await pool.query(ADD_STORE, [code, name]);
      else await requireStore(pool, code);
      return createToken(pool, { storeCode: code, ttlMs: options.ttlHours * HOUR_MS });
    });
    const expires = new Date(expiresAt).toISOString();
    if (options.json) terminal.out(`${JSON.stringify({ token, store: code, expiresAt: expires })}\n`);
    else {
      terminal.out(`${token}\n`);
      terminal.err(`Enrols one device of store ${code} until ${expires}. On its machine:\n`);
      terminal.err(`  shelfwire-agent enrol --hub URL --token TOKEN\n`);
    }
    return 0;
  },
};

import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { text } from '#shared/protocol/fields.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKeyRecord } from '#hub/api/api-keys.ts';
import { isScope, SCOPES, type Scope } from '#hub/api/scopes.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger, readText } from './command-input.ts';
import { withDatabase } from './with-database.ts';

/** Keys of the API. */
export const keyCommands: Pick<CommandHandlers<HubCli>, 'key create' | 'key revoke' | 'key list'> = {
  'key create': async ({ options }, terminal) => {
    const name = readText(text, options.name, '--name');
    const { perSecond } = options;
    const scopes = readScopes(options.scope);
    const create = (pool: Pool) => createApiKey(pool, name, scopes, perSecond);
    const key = await withDatabase(options, commandLogger(options), create);
    terminal.out(options.json ? `${JSON.stringify({ key, name, scopes, perSecond })}\n` : `${key}\n`);
    if (!options.json) {
      const may = scopes.join(', ');
      terminal.err(`Key "${name}" may: ${may}. It is not shown again. Send it as "Authorization: Bearer ..."\n`);
    }
    return 0;
  },

  'key revoke': async ({ options, args }, terminal) => {
    const name = readText(text, args.name, 'NAME');
    await withDatabase(options, commandLogger(options), (pool) => revokeApiKey(pool, name));
    terminal.out(`Key "${name}" is revoked.\n`);
    return 0;
  },

  'key list': async ({ options }, terminal) => {
    const keys = await withDatabase(options, commandLogger(options), listApiKeys);
    terminal.out(options.json ? `${JSON.stringify(keys)}\n` : asTable(keys));
    return 0;
  },
};

function readScopes(given: readonly string[] | undefined): Scope[] {
  const scopes = [...new Set(given ?? [])];
  const unknown = scopes.find((scope) => !isScope(scope));
  if (unknown !== undefined) {
    throw new ShelfwireError('OPTION_INVALID', `--scope: there is no scope ${JSON.stringify(unknown.slice(0, 80))}.`, {
      remedy: `Give one or more of: ${SCOPES.join(', ')}.`,
    });
  }
  return scopes.length === 0 ? ['read'] : scopes.filter(isScope);
}

function asTable(keys: readonly ApiKeyRecord[]): string {
  if (keys.length === 0) return 'There are no keys. Make one: shelfwire-hub key create --name NAME --scope read\n';
  const width = Math.max(4, ...keys.map(({ name }) => name.length));
  const line = (name: string, rate: string, created: string, state: string, scopes: string) =>
    `${name.padEnd(width)}  ${rate.padStart(6)}  ${created.padEnd(16)}  ${state.padEnd(24)}  ${scopes}`.trimEnd();
  const rows = keys.map(({ name, scopes, perSecond, createdAt, revokedAt }) => {
    const state = revokedAt === null ? 'valid' : `revoked ${minutes(revokedAt)}`;
    return line(name, String(perSecond), minutes(createdAt), state, scopes.join(' '));
  });
  return `${[line('NAME', 'PER S', 'CREATED', 'STATE', 'SCOPES'), ...rows].join('\n')}\n`;
}

function minutes(instant: Date): string {
  return instant.toISOString().slice(0, 16).replace('T', ' ');
}

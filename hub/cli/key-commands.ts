import { text } from '#shared/protocol/fields.ts';
import type { CommandHandlers } from '#shared/runtime/run-command.ts';
import { createApiKey, listApiKeys, revokeApiKey, type ApiKeyRecord } from '#hub/api/api-keys.ts';
import type { HubCli } from '#hub/options.ts';
import { commandLogger, readText } from './command-input.ts';
import { withDatabase } from './with-database.ts';

/** Keys of the API. */
export const keyCommands: Pick<CommandHandlers<HubCli>, 'key create' | 'key revoke' | 'key list'> = {
  'key create': async ({ options }, terminal) => {
    const name = readText(text, options.name, '--name');
    const { scope } = options;
    const key = await withDatabase(options, commandLogger(options), (pool) => createApiKey(pool, name, scope));
    terminal.out(options.json ? `${JSON.stringify({ key, name, scope })}\n` : `${key}\n`);
    if (!options.json)
      terminal.err(`Key "${name}" may ${scope}. It is not shown again. Send it as "Authorization: Bearer ..."\n`);
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

function asTable(keys: readonly ApiKeyRecord[]): string {
  if (keys.length === 0) return 'There are no keys. Make one: shelfwire-hub key create --name NAME --scope read\n';
  const width = Math.max(4, ...keys.map(({ name }) => name.length));
  const line = (name: string, scope: string, created: string, state: string) =>
    `${name.padEnd(width)}  ${scope.padEnd(5)}  ${created.padEnd(16)}  ${state}`.trimEnd();
  const rows = keys.map(({ name, scope, createdAt, revokedAt }) =>
    line(name, scope, minutes(createdAt), revokedAt === null ? 'valid' : `revoked ${minutes(revokedAt)}`),
  );
  return `${[line('NAME', 'SCOPE', 'CREATED', 'STATE'), ...rows].join('\n')}\n`;
}

function minutes(instant: Date): string {
  return instant.toISOString().slice(0, 16).replace('T', ' ');
}

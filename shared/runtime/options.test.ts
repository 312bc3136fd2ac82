import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import type { OptionTable } from './option-table.ts';
import { readOptionFile, resolveOptions, shownOptions, type OptionSources } from './options.ts';

const folder = mkdtempSync(join(tmpdir(), 'options-'));
afterAll(() => rmSync(folder, { recursive: true }));

const TABLE = {
  port: { type: 'number', min: 0, max: 65_535, default: 7070, help: 'Port.' },
  ratio: { type: 'number', min: 0, max: 1, fraction: true, help: 'Ratio.' },
  quiet: { type: 'boolean', help: 'Say less.' },
  data: { type: 'path', default: './data', help: 'Data folder.' },
  hub: { type: 'url', help: 'Hub.' },
  level: { type: 'enum', values: ['debug', 'info'], default: 'info', help: 'Level.' },
  origins: { type: 'list', help: 'Origins.' },
  databaseUrl: { type: 'url', protocols: ['postgres'], env: 'DATABASE_URL', secret: true, help: 'Database.' },
} as const satisfies OptionTable;

const from = (sources: {
  flags?: Record<string, string[]>;
  env?: Record<string, string>;
  file?: Record<string, unknown>;
}): OptionSources => ({
  flags: new Map(Object.entries(sources.flags ?? {})),
  env: sources.env ?? {},
  file: sources.file && { path: join(folder, 'agent.json'), values: sources.file },
});

describe('options', () => {
  it('are typed by their table', () => {
    const values = resolveOptions(TABLE, from({}));
    expectTypeOf(values.port).toEqualTypeOf<number>();
    expectTypeOf(values.ratio).toEqualTypeOf<number | undefined>();
    expectTypeOf(values.quiet).toEqualTypeOf<boolean>();
    expectTypeOf(values.level).toEqualTypeOf<'debug' | 'info'>();
    expectTypeOf(values.origins).toEqualTypeOf<readonly string[]>();
    expectTypeOf(values.hub).toEqualTypeOf<string | undefined>();
    expect(values).toEqual({
      port: 7070,
      ratio: undefined,
      quiet: false,
      data: resolve('data'),
      hub: undefined,
      level: 'info',
      origins: [],
      databaseUrl: undefined,
    });
  });

  it('take a flag before the environment, that before the file, that before the default', () => {
    const file = { port: 1 };
    const env = { SHELFWIRE_PORT: '2' };
    expect(resolveOptions(TABLE, from({ file })).port).toBe(1);
    expect(resolveOptions(TABLE, from({ file, env })).port).toBe(2);
    expect(resolveOptions(TABLE, from({ file, env, flags: { port: ['3'] } })).port).toBe(3);
  });

  it('read every type from text and from JSON', () => {
    const values = resolveOptions(
      TABLE,
      from({
        env: { SHELFWIRE_ORIGINS: 'a, b', SHELFWIRE_QUIET: 'yes', SHELFWIRE_RATIO: '0.25' },
        file: { data: 'store', hub: 'https://hub.example', level: 'debug' },
      }),
    );
    expect(values).toMatchObject({ origins: ['a', 'b'], quiet: true, ratio: 0.25, hub: 'https://hub.example' });
    expect(values.data).toBe(join(folder, 'store'));
    expect(resolveOptions(TABLE, from({ flags: { origins: ['a', 'b'] } })).origins).toEqual(['a', 'b']);
  });

  it.each([
    ['port', 'http', '--port'],
    ['port', '70000', 'from 0 to 65535'],
    ['port', '1.5', 'a whole number'],
    ['port', '0x10', 'a whole number'],
    ['quiet', 'maybe', 'true or false'],
    ['hub', 'ftp://x', 'http:// or https://'],
    ['hub', 'hub.example', '--hub'],
    ['level', 'loud', 'debug, info'],
    ['data', ' ', 'a path'],
  ])('X2 %s=%s is OPTION_INVALID and says %s', (name, text, said) => {
    expect(() => resolveOptions(TABLE, from({ flags: { [name]: [text] } }))).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(said) }),
    );
  });

  it('say in which place the bad value stands', () => {
    expect(() => resolveOptions(TABLE, from({ env: { SHELFWIRE_PORT: 'x' } }))).toThrow(
      'SHELFWIRE_PORT: the value "x"',
    );
    expect(() => resolveOptions(TABLE, from({ file: { port: [] } }))).toThrow(
      `"port" in ${join(folder, 'agent.json')}`,
    );
    expect(() => resolveOptions(TABLE, from({ flags: { port: ['1', '2'] } }))).toThrow('given 2 times');
  });

  it('X1 a secret is in no message and in no log', () => {
    expect(() => resolveOptions(TABLE, from({ env: { DATABASE_URL: 'mysql://u:hunter2@x' } }))).toThrow(
      expect.objectContaining({ message: expect.not.stringContaining('hunter2') }),
    );
    const values = resolveOptions(TABLE, from({ env: { DATABASE_URL: 'postgres://u:hunter2@x' } }));
    expect(JSON.stringify(shownOptions(TABLE, values))).not.toContain('hunter2');
  });

  it('name what is missing when it is required', () => {
    const table = {
      token: { type: 'string', required: true, secret: true, help: 'Token.' },
    } as const satisfies OptionTable;
    expect(() => resolveOptions(table, from({}))).toThrow('--token (or SHELFWIRE_TOKEN) is missing');
    expectTypeOf(resolveOptions(table, from({ flags: { token: ['t'] } })).token).toEqualTypeOf<string>();
  });

  it.each([
    ['{"port": 1', 'is not JSON'],
    ['[]', 'one JSON object'],
    ['{"prot": 1}', '"prot" in'],
  ])('X2 a configuration file %s is refused: %s', (text, said) => {
    const path = join(folder, 'bad.json');
    writeFileSync(path, text);
    expect(() => readOptionFile(path, [TABLE])).toThrow(said);
  });

  it('X2 a configuration file that is not there is refused', () => {
    expect(() => readOptionFile(join(folder, 'none.json'), [TABLE])).toThrow('cannot be read');
  });
});

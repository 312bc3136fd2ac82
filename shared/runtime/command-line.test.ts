import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, expectTypeOf, it } from 'vitest';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { defineCli } from './command-line.ts';
import { runCommand, type CommandHandlers, type Terminal } from './run-command.ts';

const folder = mkdtempSync(join(tmpdir(), 'command-line-'));
afterAll(() => rmSync(folder, { recursive: true }));

const cli = defineCli({
  name: 'shelf',
  summary: 'Keeps shelves.',
  version: '1.2.3',
  options: {
    data: { type: 'path', default: './data', help: 'Folder that holds everything this program keeps, and only that.' },
    logLevel: { type: 'enum', values: ['debug', 'info'], default: 'info', help: 'How much is logged.' },
  },
  commands: {
    run: { summary: 'Runs.', options: { port: { type: 'number', min: 0, max: 65_535, default: 1, help: 'Port.' } } },
    'client add': {
      summary: 'Adds a client.',
      arguments: { name: 'name of the client' },
      options: { token: { type: 'string', secret: true, default: 'hunter2', help: 'Token.' } },
    },
    'key create': { summary: 'Makes a key.' },
    'key list': { summary: 'Lists the keys.' },
    client: { summary: 'Says what clients are.', options: { json: { type: 'boolean', help: 'As JSON.' } } },
  },
});
const parse = (...argv: string[]) => cli.parse(argv, { env: {} });

describe('command line', () => {
  it('gives each command its typed options and arguments', () => {
    const asked = parse('--data', '/x', 'client', 'add', 'till-1', '--log-level=debug');
    expect(asked).toMatchObject({
      command: 'client add',
      options: { data: '/x', logLevel: 'debug' },
      args: { name: 'till-1' },
    });
    if (asked.command === 'run') expectTypeOf(asked.options.port).toEqualTypeOf<number>();
    if (asked.command === 'client add') expectTypeOf(asked.args).toEqualTypeOf<{ readonly name: string }>();
  });

  it('knows booleans, their negation, and the longest command name', () => {
    expect(parse('client', '--json')).toMatchObject({ command: 'client', options: { json: true } });
    expect(parse('client', '--json', '--no-json')).toMatchObject({ options: { json: false } });
    expect(parse('client')).toMatchObject({ command: 'client', options: { json: false } });
  });

  it('reads --config and lets flags win over it', () => {
    const path = join(folder, 'c.json');
    writeFileSync(path, '\uFEFF{"port": 5, "logLevel": "debug", "json": true}');
    expect(parse('run', '--config', path)).toMatchObject({ options: { port: 5, logLevel: 'debug' } });
    expect(parse('run', '--config', path, '--port', '6')).toMatchObject({ options: { port: 6 } });
    expect(cli.parse(['run'], { env: { SHELFWIRE_CONFIG: path } })).toMatchObject({ options: { port: 5 } });
  });

  it.each([
    [['fly'], '"fly" is not a command. Accepted: run, client add, key create, key list, client.'],
    [['key'], '"key" is not a command. Accepted: key create, key list.'],
    [['run', '--prot', '1'], '--prot is not an option'],
    [['client', '--port', '1'], '--port is not an option of "client"'],
    [['run', '-x'], '-x is not an option'],
    [['run', '--port'], '--port needs a value'],
    [['run', '--port', '--data', 'x'], '--port needs a value'],
    [['run', 'fast'], '"run" takes no "fast"'],
    [['client', 'add'], '"client add" needs NAME: name of the client'],
    [['run', '--port', '-5'], '--port: the value "-5" is not accepted'],
  ])('X2 %j is OPTION_INVALID: %s', (argv, said) => {
    expect(() => parse(...argv)).toThrow(
      expect.objectContaining({ code: 'OPTION_INVALID', message: expect.stringContaining(said) }),
    );
  });

  it('lists the commands of a group', () => {
    const help = parse('key', '--help');
    if (help.command !== 'help') throw new Error('no help');
    expect(help.text).toMatch(/^Commands:\n {2}key create +Makes a key\.\n {2}key list +Lists the keys\.\n\n/);
    expect(help.text).not.toContain('client add');
    expect(help.asked).toBe(true);
    expect(() => parse('keys', '--help')).toThrow(expect.objectContaining({ code: 'OPTION_INVALID' }));
  });

  it.each([80, 100])('prints help that fits %i columns', (columns) => {
    for (const argv of [['--help'], ['run', '-h'], ['client', 'add', '--help']]) {
      const help = cli.parse(argv, { env: {}, columns });
      if (help.command !== 'help') throw new Error('no help');
      for (const line of help.text.split('\n')) expect(line.length).toBeLessThanOrEqual(columns);
      expect(help.text).toContain('[SHELFWIRE_DATA]');
      expect(help.text).toContain('(default info)');
      expect(help.text).not.toContain('hunter2');
    }
  });
});

describe('runCommand', () => {
  const run = async (argv: string[], handlers: Partial<CommandHandlers<typeof cli.definition>> = {}) => {
    let out = '';
    let err = '';
    const terminal: Terminal = {
      out: (text) => (out += text),
      err: (text) => (err += text),
      env: {},
      isInteractive: false,
    };
    const code = await runCommand(
      cli,
      {
        run: async () => 0,
        'client add': async () => 0,
        'key create': async () => 0,
        'key list': async () => 0,
        client: async () => 0,
        ...handlers,
      },
      argv,
      terminal,
    );
    return { code, out, err };
  };

  it('answers help with 0, no command with 2, the version', async () => {
    expect(await run(['--help'])).toMatchObject({ code: 0, err: '', out: expect.stringContaining('Commands:') });
    expect(await run([])).toMatchObject({ code: 2, out: '', err: expect.stringContaining('Commands:') });
    expect(await run(['--version'])).toEqual({ code: 0, out: '1.2.3\n', err: '' });
  });

  it('says code and remedy of a failure', async () => {
    expect(await run(['run', '--port', 'x'])).toMatchObject({
      code: 2,
      err: expect.stringContaining('OPTION_INVALID: --port'),
    });
    const busy = async () => Promise.reject(new ShelfwireError('FOLDER_IN_USE', 'It is open.'));
    expect(await run(['run'], { run: busy })).toEqual({
      code: 1,
      out: '',
      err: 'FOLDER_IN_USE: It is open.\n  Stop the other process that has this data folder open, or choose another folder.\n',
    });
  });

  it('hands typed options to the handler', async () => {
    let port = 0;
    await run(['run', '--port', '9'], {
      run: async ({ options }) => {
        port = options.port;
        return 0;
      },
    });
    expect(port).toBe(9);
  });
});

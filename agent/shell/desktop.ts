import { spawn } from 'node:child_process';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { defineCli } from '#shared/runtime/command-line.ts';
import { runCommand, type CommandHandlers } from '#shared/runtime/run-command.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';
import { findElectron } from './electron-binary.ts';
import { shortcutOf, writeShortcut } from './shortcut.ts';

const ROOT = join(import.meta.dirname, '../..');

const desktopCli = defineCli({
  name: 'shelfwire-desktop',
  summary: "The store's app in a window of its own, with a tray that says how the store is.",
  version: PRODUCT_VERSION,
  options: {},
  commands: {
    run: { summary: 'Builds it and runs it. Needs Electron: npx install-electron, or ELECTRON_OVERRIDE_DIST_PATH.' },
    build: { summary: 'Builds what Electron runs into agent/shell/dist.' },
    shortcut: {
      summary: 'Makes a shortcut that opens the app in the installed browser, without Electron.',
      options: {
        port: { type: 'number', min: 1, max: 65_535, default: 7_171, help: 'Port of the loopback API.' },
        home: { type: 'path', default: homedir(), placeholder: 'FOLDER', help: 'Home folder of who is to have it.' },
      },
    },
    fuses: {
      summary: 'Sets the fuses of a packaged program as agent/shell/fuses.ts has them. It must not be signed yet.',
      options: {
        program: { type: 'path', required: true, placeholder: 'FILE', help: "Electron's program in the package." },
      },
    },
  },
});

const commands: CommandHandlers<(typeof desktopCli)['definition']> = {
  async run(_given, terminal) {
    const program = findElectron(ROOT, { env: terminal.env, platform: process.platform });
    const { buildShell } = await import('./build.ts');
    const { main } = await buildShell();
    return new Promise((resolve, reject) => {
      const child = spawn(program, [main], { stdio: 'inherit' });
      child.once('error', reject);
      child.once('exit', (code) => resolve(code ?? 1));
    });
  },

  async build(_given, terminal) {
    const { buildShell } = await import('./build.ts');
    const { main, preload } = await buildShell();
    terminal.out(`${main}\n${preload}\n`);
    return 0;
  },

  async shortcut({ options }, terminal) {
    const made = shortcutOf(`http://127.0.0.1:${options.port}/`, { platform: process.platform, home: options.home });
    writeShortcut(made);
    terminal.out(`${made.path}\n`);
    return 0;
  },

  async fuses({ options }, terminal) {
    const { setFuses } = await import('./fuses.ts');
    const wrong = await setFuses(options.program);
    if (wrong.length > 0) terminal.err(`Not as they should be: ${wrong.join(', ')}\n`);
    return wrong.length > 0 ? 1 : 0;
  },
};

const [first, ...rest] = process.argv.slice(2);
process.exitCode = await runCommand(desktopCli, commands, first === undefined ? ['run'] : [first, ...rest]);

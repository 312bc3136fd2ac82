import { existsSync, mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import type { App } from 'electron';
import { HIDDEN } from './switches.ts';

/** Whether the desktop starts with the computer; the person switches it. */
export interface AutoStart {
  isOn(): boolean;
  set(on: boolean): void;
}

/** By the system's own list; where there is none (Linux), by a desktop entry of the person's. */
export function autoStartOf(
  app: Pick<App, 'getLoginItemSettings' | 'setLoginItemSettings'>,
  { platform, configFolder, command }: { platform: NodeJS.Platform; configFolder: string; command: readonly string[] },
): AutoStart {
  if (platform !== 'linux') {
    return {
      isOn: () => app.getLoginItemSettings({ args: [HIDDEN] }).openAtLogin,
      set: (openAtLogin) => app.setLoginItemSettings({ openAtLogin, args: [HIDDEN] }),
    };
  }
  const path = join(configFolder, 'autostart', 'shelfwire.desktop');
  return {
    isOn: () => existsSync(path),
    set: (on) => {
      if (!on) return rmSync(path, { force: true });
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, desktopEntry('Shelfwire', [...command, HIDDEN]));
    },
  };
}

/** A desktop entry that runs a command, each part of it quoted as the Desktop Entry Specification has it. */
export const desktopEntry = (name: string, command: readonly string[]): string =>
  [
    '[Desktop Entry]',
    'Type=Application',
    'Version=1.5',
    `Name=${name}`,
    `Exec=${command.map(quoted).join(' ')}`,
    'Terminal=false',
    '',
  ].join('\n');

/** First what the command line takes as its own, then the backslashes of the file's own texts; a percent sign begins a field. */
const quoted = (part: string): string =>
  `"${part
    .replaceAll(/["`$\\]/g, String.raw`\$&`)
    .replaceAll('\\', '\\\\')
    .replaceAll('%', '%%')}"`;

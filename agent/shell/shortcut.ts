import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { desktopEntry } from './auto-start.ts';

export interface Shortcut {
  readonly path: string;
  readonly text: string;
}

/** What opens the app in the installed browser, for people without the desktop; as each system has it. */
export function shortcutOf(url: string, { platform, home }: { platform: NodeJS.Platform; home: string }): Shortcut {
  if (platform === 'win32') {
    return { path: join(home, 'Desktop', 'Shelfwire.url'), text: `[InternetShortcut]\r\nURL=${url}\r\n` };
  }
  if (platform === 'darwin') {
    const entry = `<plist version="1.0"><dict><key>URL</key><string>${url}</string></dict></plist>`;
    return {
      path: join(home, 'Desktop', 'Shelfwire.webloc'),
      text: `<?xml version="1.0" encoding="UTF-8"?>\n${entry}\n`,
    };
  }
  return {
    path: join(home, '.local/share/applications', 'shelfwire.desktop'),
    text: desktopEntry('Shelfwire', ['xdg-open', url]),
  };
}

export function writeShortcut({ path, text }: Shortcut): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text, { mode: 0o755 });
}

import type { MenuItemConstructorOptions } from 'electron';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import type { AutoStart } from './auto-start.ts';
import type { ElectronParts } from './electron-parts.ts';
import { faceOf, trayBitmap, type Tone } from './tray-face.ts';
import type { ShellWords } from './words.ts';

const SIZE = 32;

export interface ShellTray {
  /** Undefined: the agent does not answer. */
  show(health: AgentHealth | undefined): void;
}

/** The icon that says how the store is, and its menu. */
export function openTray(
  { Tray, Menu, nativeImage }: Pick<ElectronParts, 'Tray' | 'Menu' | 'nativeImage'>,
  parts: {
    readonly words: ShellWords;
    readonly autoStart: AutoStart;
    show(): void;
    startAgent(): void;
    quit(): void;
  },
): ShellTray {
  const { words, autoStart } = parts;
  const picture = (tone: Tone) =>
    nativeImage.createFromBitmap(trayBitmap(tone, SIZE), { width: SIZE, height: SIZE, scaleFactor: 2 });
  const tray = new Tray(picture('absent'));
  const time = (at: number): string => new Date(at).toLocaleTimeString([], { hour: '2-digit', minute: '2-digit' });
  let shown = '';
  const menuOf = (text: string, isAbsent: boolean): MenuItemConstructorOptions[] => [
    { label: text, enabled: false },
    { type: 'separator' },
    { label: words.open, click: () => parts.show() },
    ...(isAbsent ? [{ label: words.start, click: () => parts.startAgent() }] : []),
    {
      label: words.autoStart,
      type: 'checkbox',
      checked: autoStart.isOn(),
      click: ({ checked }) => autoStart.set(checked),
    },
    { type: 'separator' },
    { label: words.quit, click: () => parts.quit() },
  ];
  tray.on('click', () => parts.show());
  return {
    show(health) {
      const { tone, text } = faceOf(health, words, time);
      // Set anew only when it changes: an open menu would be closed by it.
      if (shown === `${tone} ${text}`) return;
      shown = `${tone} ${text}`;
      tray.setImage(picture(tone));
      tray.setToolTip(`Shelfwire: ${text}`);
      tray.setContextMenu(Menu.buildFromTemplate(menuOf(text, health === undefined)));
    },
  };
}

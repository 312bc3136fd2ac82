import { join } from 'node:path';
import type { BrowserWindow } from 'electron';
import type { AgentHealth } from '#shared/agent-api/answers.ts';
import type { StartAnswer } from '#shared/agent-api/desktop.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { AgentProxy } from './agent-proxy.ts';
import { agentStarter } from './agent-start.ts';
import { askHealth, watchAgent } from './agent-watch.ts';
import { APP_SCHEME, appHandler } from './app-protocol.ts';
import { autoStartOf } from './auto-start.ts';
import type { ElectronParts } from './electron-parts.ts';
import { guardApp, guardSession } from './guards.ts';
import { answerPage } from './ipc.ts';
import { APP_ORIGIN, SCHEME } from './origin.ts';
import { isOutsideLink } from './outside-links.ts';
import { readSettings, type ShellSettings } from './settings.ts';
import { HIDDEN, refusedSwitches } from './switches.ts';
import { openTray, type ShellTray } from './tray.ts';
import { noticesOf } from './notices.ts';
import { windowOptions } from './window.ts';
import { wordsOf } from './words.ts';

export interface Places {
  /** The main process itself, as it is built. */
  readonly main: string;
  readonly preload: string;
  /** What Vite has built of the app. */
  readonly ui: string;
  /** What starts the agent unless the settings say otherwise; undefined: they must. */
  readonly command: readonly string[] | undefined;
  readonly version: string;
  readonly argv: readonly string[];
}

/**
 * The desktop: a window on the app, and a tray that says how the store is. It holds nothing of the store: the agent goes on
 * without it. What must be said before Electron is ready is said before this first waits.
 */
export async function startShell(electron: ElectronParts, places: Places, logger: Logger): Promise<void> {
  const { app, protocol, crashReporter } = electron;
  app.setName('Shelfwire');
  const refused = app.isPackaged ? refusedSwitches(places.argv) : [];
  if (refused.length > 0) {
    logger.error({ refused }, 'switches that are not taken');
    return app.exit(2);
  }
  app.enableSandbox();
  const own = app.getPath('userData');
  // Dumps hold what was in memory: they stay on this machine.
  app.setPath('crashDumps', join(own, 'crashes'));
  crashReporter.start({ uploadToServer: false });
  protocol.registerSchemesAsPrivileged([APP_SCHEME]);
  if (!app.requestSingleInstanceLock()) return app.quit();
  // The tray goes on without a window, and the agent without both.
  app.on('window-all-closed', () => undefined);
  try {
    await run(electron, places, { settings: readSettings(own), own, logger });
  } catch (error) {
    const { code, message, remedy } =
      error instanceof ShelfwireError ? error : new ShelfwireError('INTERNAL', String(error));
    logger.error({ err: error, code }, 'not started');
    electron.dialog.showErrorBox('Shelfwire', `${code}: ${message}\n\n${remedy}`);
    app.exit(1);
  }
}

async function run(
  electron: ElectronParts,
  places: Places,
  { settings, own, logger }: { settings: ShellSettings; own: string; logger: Logger },
): Promise<void> {
  const { app, session, protocol, ipcMain } = electron;
  const { port } = settings;
  const origin = APP_ORIGIN;
  const openOutside = (url: string): void => {
    if (isOutsideLink(url, settings.outside)) void electron.shell.openExternal(url);
  };
  guardApp(app, { origin, openOutside });
  const isUp = async (): Promise<boolean> => (await askHealth(port)) !== undefined;
  const startAgent = agentStarter({
    command: settings.command ?? places.command,
    logFile: join(own, 'agent.log'),
    clock: systemClock,
    isUp,
  });
  await app.whenReady();
  const hasDevTools = !app.isPackaged;
  guardSession(session.defaultSession, { origin, hasDevTools });
  const agent = new AgentProxy({ port, version: places.version });
  protocol.handle(SCHEME, appHandler({ origin, folder: places.ui, agent }));
  answerPage(ipcMain, { origin, startAgent });
  const show = windowOf(electron, { preload: places.preload, hasDevTools });
  app.on('second-instance', show);
  app.on('activate', show);
  setMenu(electron);

  const words = wordsOf(app.getLocale());
  const command = [process.execPath, ...(app.isPackaged ? [] : [places.main])];
  const configFolder = app.getPath('appData');
  const tray: ShellTray = openTray(electron, {
    words,
    autoStart: autoStartOf(app, { platform: process.platform, configFolder, command }),
    show,
    startAgent: () => void startAgent().then((answer) => failedStart(electron, answer)),
    quit: () => app.quit(),
  });
  const notices = noticesOf(electron, show);
  const tell = (health: AgentHealth | undefined): void => {
    tray.show(health);
    notices(health);
  };
  const watch = watchAgent({ port, clock: systemClock, logger, tell });
  app.on('will-quit', () => void watch.stop());
  if (!places.argv.includes(HIDDEN)) show();
}

const RELOAD_AGAIN_MS = 60_000;

/** Shows the one window there is, or a new one. */
function windowOf(
  { BrowserWindow }: ElectronParts,
  { preload, hasDevTools }: { preload: string; hasDevTools: boolean },
): () => void {
  let open: BrowserWindow | undefined;
  return () => {
    if (open !== undefined) {
      if (open.isMinimized()) open.restore();
      open.show();
      return open.focus();
    }
    const window = new BrowserWindow(windowOptions(preload, hasDevTools));
    open = window;
    window.once('ready-to-show', () => window.show());
    window.on('closed', () => (open = undefined));
    let goneAt = Number.NEGATIVE_INFINITY;
    window.webContents.on('render-process-gone', (_event, { reason }) => {
      if (reason === 'clean-exit') return;
      const now = systemClock.monotonic();
      // A page whose process died is loaded again, what was entered is at the agent; one that dies at once is not for ever.
      if (now - goneAt > RELOAD_AGAIN_MS) window.webContents.reload();
      else window.destroy();
      goneAt = now;
    });
    void window.loadURL(`${APP_ORIGIN}/`);
  };
}

function failedStart({ dialog }: ElectronParts, answer: StartAnswer): void {
  if (!answer.isStarted) dialog.showErrorBox('Shelfwire', `${answer.code}: ${answer.detail}\n\n${answer.remedy}`);
}

/** None, which also takes the keys of developers away; macOS edits by its menu. */
function setMenu({ Menu, app }: ElectronParts): void {
  if (!app.isPackaged) return;
  const roles = [{ role: 'appMenu' }, { role: 'editMenu' }] as const;
  Menu.setApplicationMenu(process.platform === 'darwin' ? Menu.buildFromTemplate([...roles]) : null);
}

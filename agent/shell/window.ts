import type { BrowserWindowConstructorOptions } from 'electron';

/** The app's window: a page in a sandbox, without Node, that reaches the main process by the preload's one word alone. */
export const windowOptions = (preload: string, hasDevTools: boolean) =>
  ({
    width: 1_280,
    height: 860,
    minWidth: 380,
    minHeight: 560,
    title: 'Shelfwire',
    show: false,
    autoHideMenuBar: true,
    webPreferences: {
      preload,
      sandbox: true,
      contextIsolation: true,
      nodeIntegration: false,
      nodeIntegrationInWorker: false,
      nodeIntegrationInSubFrames: false,
      webSecurity: true,
      allowRunningInsecureContent: false,
      experimentalFeatures: false,
      webviewTag: false,
      navigateOnDragDrop: false,
      spellcheck: false,
      devTools: hasDevTools,
    },
  }) satisfies BrowserWindowConstructorOptions;

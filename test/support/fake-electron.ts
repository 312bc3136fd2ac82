import { EventEmitter } from 'node:events';
import type { BrowserWindowConstructorOptions, MenuItemConstructorOptions, WebContents } from 'electron';
import type { ElectronParts } from '#agent/shell/electron-parts.ts';

type Handler = (...given: never[]) => unknown;

/** What Electron was told, in order, and what it answers. Its types are Electron's own; what it does is not proven by it. */
export class FakeElectron {
  readonly told: string[] = [];
  readonly app = new EventEmitter();
  readonly windows: FakeWindow[] = [];
  readonly handlers = new Map<string, Handler>();
  readonly session: Record<string, Handler | undefined> = {};
  readonly notices: string[] = [];
  readonly opened: string[] = [];
  protocolHandler: ((request: Request) => Promise<Response>) | undefined;
  tray: { face: string; menu: MenuItemConstructorOptions[] } = { face: '', menu: [] };
  isFirst = true;
  isPackaged = true;
  crash: object | undefined;
  readonly #folder: string;
  #ready: () => void = () => undefined;
  readonly #whenReady = new Promise<void>((resolve) => (this.#ready = resolve));

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** Somebody chooses an entry of the tray's menu. */
  press(label: string): void {
    const entry = this.tray.menu.find((one) => one.label === label) as { click?: () => void } | undefined;
    entry?.click?.();
  }

  /** Electron has started. */
  ready(): void {
    this.told.push('ready');
    this.#ready();
  }

  get parts(): ElectronParts {
    const { told } = this;
    const say = (name: string) => () => void told.push(name);
    // Windows and contents are made by `new`, which sees no `this` of here.
    // oxlint-disable-next-line typescript/no-this-alias
    const fake = this;
    const app = Object.assign(this.app, {
      setName: say('setName'),
      enableSandbox: say('enableSandbox'),
      getPath: () => fake.#folder,
      setPath: (name: string, path: string) => void told.push(`setPath ${name} ${path}`),
      requestSingleInstanceLock: () => fake.isFirst,
      quit: say('quit'),
      exit: (code: number) => void told.push(`exit ${code}`),
      whenReady: () => fake.#whenReady,
      getLocale: () => 'en-GB',
      isPackaged: fake.isPackaged,
      getLoginItemSettings: () => ({ openAtLogin: false }),
      setLoginItemSettings: say('setLoginItemSettings'),
    });
    const setter = (name: string) => (handler: Handler) => void (fake.session[name] = handler);
    return {
      app,
      BrowserWindow: function BrowserWindow(options: BrowserWindowConstructorOptions) {
        const window = new FakeWindow(options);
        fake.windows.push(window);
        fake.app.emit('web-contents-created', {}, window.webContents);
        return window;
      },
      crashReporter: { start: (options: object) => void (fake.crash = options) },
      dialog: { showErrorBox: (_title: string, text: string) => void told.push(`error ${text}`) },
      ipcMain: { handle: (channel: string, handler: Handler) => void fake.handlers.set(channel, handler) },
      Menu: {
        setApplicationMenu: say('setApplicationMenu'),
        buildFromTemplate: (template: MenuItemConstructorOptions[]) => template,
      },
      nativeImage: { createFromBitmap: (pixels: Buffer) => ({ pixels }) },
      Notification: Object.assign(
        function Notification({ body }: { body: string }) {
          return Object.assign(new EventEmitter(), { show: () => fake.notices.push(body) });
        },
        { isSupported: () => true },
      ),
      protocol: {
        registerSchemesAsPrivileged: (schemes: { scheme: string; privileges: object }[]) =>
          void told.push(`scheme ${JSON.stringify(schemes)}`),
        handle: (_scheme: string, handler: typeof fake.protocolHandler) => void (fake.protocolHandler = handler),
      },
      session: {
        defaultSession: {
          ...Object.fromEntries(
            [
              'setPermissionRequestHandler',
              'setPermissionCheckHandler',
              'setDevicePermissionHandler',
              'setSpellCheckerEnabled',
            ].map((name) => [name, setter(name)]),
          ),
          webRequest: { onBeforeRequest: setter('onBeforeRequest') },
          on: (name: string, handler: Handler) => void (fake.session[name] = handler),
        },
      },
      shell: { openExternal: async (url: string) => void fake.opened.push(url) },
      Tray: function Tray() {
        return Object.assign(new EventEmitter(), {
          setImage: () => undefined,
          setToolTip: (text: string) => void (fake.tray = { ...fake.tray, face: text }),
          setContextMenu: (menu: MenuItemConstructorOptions[]) => void (fake.tray = { ...fake.tray, menu }),
        });
      },
    } as unknown as ElectronParts;
  }
}

export class FakeWindow extends EventEmitter {
  readonly options: BrowserWindowConstructorOptions;
  readonly webContents = new FakeContents();
  readonly urls: string[] = [];

  constructor(options: BrowserWindowConstructorOptions) {
    super();
    this.options = options;
  }

  loadURL = async (url: string): Promise<void> => void this.urls.push(url);
  isMinimized = (): boolean => false;
  show = (): boolean => this.emit('shown');
  focus = (): void => undefined;
  destroy = (): boolean => this.emit('closed');
}

type OpenHandler = Parameters<WebContents['setWindowOpenHandler']>[0];

export class FakeContents extends EventEmitter {
  open: OpenHandler = () => ({ action: 'allow' });
  reloads = 0;
  reload = (): void => void (this.reloads += 1);
  setWindowOpenHandler = (handler: OpenHandler): void => void (this.open = handler);

  /** Whether an event of this name would go on. */
  goesOn(name: string, url: string): boolean {
    let prevented = false;
    this.emit(name, { url, preventDefault: () => (prevented = true) });
    return !prevented;
  }
}

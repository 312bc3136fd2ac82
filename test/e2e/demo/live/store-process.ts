import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { AgentStatus, StockItem } from '#shared/agent-api/answers.ts';
import type { QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import type { StoreDoor } from './feeder.ts';
import { freePort, type HubProcess } from '#test/support/hub-process.ts';
import { Link } from '#test/support/link.ts';
import { Program, runCommand, waitUntil } from '#test/support/program.ts';
import { countsFeed, salesFeed } from '../input/feeds.ts';
import { STORE_NAMES, type StoreCode } from '../input/rules.ts';

const START_MS_MAX = 60_000;

/** A store: its agent as a real process, its line to the hub, its tills' folders. */
export class StoreProcess {
  readonly code: StoreCode;
  readonly data: string;
  readonly link: Link;
  readonly program: Program;
  readonly door: StoreDoor;

  private constructor(code: StoreCode, root: string, link: Link, port: number, token: string) {
    this.code = code;
    this.link = link;
    this.data = dataFolder(root, code);
    this.door = {
      url: `http://127.0.0.1:${port}`,
      token,
      salesFolder: join(root, `${code.toLowerCase()}-drops`, 'sales'),
      countsFolder: join(root, `${code.toLowerCase()}-drops`, 'counts'),
    };
    const argv = [
      'agent/main.ts',
      'run',
      '--data',
      this.data,
      '--port',
      String(port),
      '--feeds',
      feedsFile(root, code),
    ];
    this.program = new Program(`agent ${code}`, argv, join(root, `agent-${code.toLowerCase()}.log`));
  }

  /** Enrols a new device through its own line, with a token of the hub, and lets a till in. The agent is not started. */
  static async prepare(code: StoreCode, root: string, hub: HubProcess): Promise<StoreProcess> {
    const link = new Link(hub.port);
    await link.open();
    const data = dataFolder(root, code);
    const token = await hub.createToken(code, STORE_NAMES[code]);
    await runCommand(['agent/main.ts', 'enrol', '--data', data, '--hub', link.url, '--token', token]);
    const till = await runCommand(['agent/main.ts', 'client', 'add', 'till-1', '--data', data]);
    const store = new StoreProcess(code, root, link, await freePort(), till);
    await Promise.all(
      [store.door.salesFolder, store.door.countsFolder].map((path) => mkdir(path, { recursive: true })),
    );
    const feeds = [salesFeed(store.door.salesFolder), countsFeed(store.door.countsFolder)];
    await writeFile(feedsFile(root, code), JSON.stringify({ feeds }, null, 2));
    return store;
  }

  async start(): Promise<void> {
    this.program.start();
    await waitUntil(`the agent of ${this.code} answers (${this.program.logFile})`, START_MS_MAX, async () => {
      if (!this.program.isRunning) throw new Error(`${this.program.name} ended; see ${this.program.logFile}`);
      return (await this.status()) !== undefined;
    });
  }

  /** Undefined while nobody answers. */
  async status(): Promise<AgentStatus | undefined> {
    return this.#get<AgentStatus>('/v1/status').catch(() => undefined);
  }

  quarantine(): Promise<QuarantinedItem[]> {
    return this.#list('/v1/quarantine');
  }

  /** The stock as the store itself sees it. */
  stock(): Promise<StockItem[]> {
    return this.#list('/v1/stock');
  }

  /** Files that have been dealt with, each with its report. */
  async filesDone(): Promise<number> {
    const folders = [this.door.salesFolder, this.door.countsFolder].flatMap((folder) =>
      ['done', 'rejected'].map((part) => join(folder, part)),
    );
    const names = await Promise.all(folders.map((folder) => readdir(folder).catch(() => [])));
    return names.flat().filter((name) => name.endsWith('.csv')).length;
  }

  async stop(): Promise<void> {
    await this.program.stop();
    await this.link.close();
  }

  async #list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor = '';
    do {
      const page = await this.#get<{ items: Item[]; nextCursor: string | null }>(`${path}?limit=200${cursor}`);
      items.push(...page.items);
      cursor = page.nextCursor === null ? '' : `&cursor=${encodeURIComponent(page.nextCursor)}`;
    } while (cursor !== '');
    return items;
  }

  async #get<Body>(path: string): Promise<Body> {
    const response = await fetch(this.door.url + path, {
      headers: { authorization: `Bearer ${this.door.token}` },
      signal: AbortSignal.timeout(5_000),
    });
    if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
    return (await response.json()) as Body;
  }
}

const dataFolder = (root: string, code: StoreCode): string => join(root, code.toLowerCase());
const feedsFile = (root: string, code: StoreCode): string => join(root, `${code.toLowerCase()}-feeds.json`);

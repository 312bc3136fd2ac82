import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { join } from 'node:path';
import { Program, runCommand, waitUntil } from './program.ts';

const START_MS_MAX = 60_000;

/** The hub with its own PostgreSQL, as real processes on one data folder. */
export class HubProcess {
  readonly data: string;
  readonly port: number;
  readonly program: Program;
  #key = '';

  readonly #env: Readonly<Record<string, string>>;

  private constructor(root: string, port: number, databaseUrl: string | undefined, more: readonly string[]) {
    this.data = join(root, 'hub');
    this.port = port;
    this.#env = databaseUrl === undefined ? {} : { DATABASE_URL: databaseUrl };
    const argv = ['hub/main.ts', 'run', '--data', this.data, '--listen', `127.0.0.1:${port}`, ...more];
    this.program = new Program('hub', argv, join(root, 'hub.log'), this.#env);
  }

  /** Nothing runs yet. With a database URL it uses that PostgreSQL, else its own. `more` are options of `run`. */
  static async prepare(root: string, databaseUrl?: string, more: readonly string[] = []): Promise<HubProcess> {
    return new HubProcess(root, await freePort(), databaseUrl, more);
  }

  /** The first start, and a key for ourselves. */
  async begin(): Promise<void> {
    await this.start();
    this.#key = await this.createKey('demo', 'write');
  }

  get url(): string {
    return `http://127.0.0.1:${this.port}`;
  }

  async start(): Promise<void> {
    this.program.start();
    await waitUntil(`the hub is ready (${this.program.logFile})`, START_MS_MAX, async () => {
      if (!this.program.isRunning) throw new Error(`the hub ended by itself; see ${this.program.logFile}`);
      return this.isReady();
    });
  }

  /** Whether it answers, and its database too. */
  async isReady(): Promise<boolean> {
    const response = await fetch(`${this.url}/health`, { signal: AbortSignal.timeout(3_000) }).catch(() => undefined);
    await response?.body?.cancel();
    return response?.ok === true;
  }

  createKey(name: string, scope: 'read' | 'write'): Promise<string> {
    return this.#command('key', 'create', '--name', name, '--scope', scope);
  }

  createToken(store: string, name: string): Promise<string> {
    return this.#command('token', 'create', '--store', store, '--name', name);
  }

  #command(...argv: readonly string[]): Promise<string> {
    return runCommand(['hub/main.ts', ...argv, '--data', this.data], this.#env);
  }

  async put(path: string, body: unknown): Promise<void> {
    const response = await fetch(this.url + path, {
      method: 'PUT',
      headers: { authorization: `Bearer ${this.#key}`, 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
    if (!response.ok) throw new Error(`PUT ${path}: ${response.status} ${await response.text()}`);
    await response.body?.cancel();
  }

  async post(path: string, body: unknown): Promise<Record<string, unknown>> {
    const headers = {
      authorization: `Bearer ${this.#key}`,
      'content-type': 'application/json',
      'idempotency-key': randomUUID(),
    };
    const response = await fetch(this.url + path, { method: 'POST', headers, body: JSON.stringify(body) });
    const text = await response.text();
    if (!response.ok) throw new Error(`POST ${path}: ${response.status} ${text}`);
    return JSON.parse(text) as Record<string, unknown>;
  }

  /** All items of a list, page by page. */
  async list<Item>(path: string): Promise<Item[]> {
    const items: Item[] = [];
    let cursor = '';
    do {
      const response = await fetch(`${this.url}${path}${path.includes('?') ? '&' : '?'}limit=1000${cursor}`, {
        headers: { authorization: `Bearer ${this.#key}` },
      });
      if (!response.ok) throw new Error(`GET ${path}: ${response.status} ${await response.text()}`);
      const page = (await response.json()) as { items: Item[]; next: string | null };
      items.push(...page.items);
      cursor = page.next === null ? '' : `&cursor=${encodeURIComponent(page.next)}`;
    } while (cursor !== '');
    return items;
  }

  /** Process id of the PostgreSQL that runs on its folder, of whatever hub's child it is. */
  async postgresPid(): Promise<number | undefined> {
    const lock = await readFile(join(this.data, 'pgdata', 'postmaster.pid'), 'utf8').catch(() => '');
    const pid = Number(lock.split('\n')[0]);
    return Number.isInteger(pid) && pid > 1 ? pid : undefined;
  }

  /** Stops the hub, and a PostgreSQL that a killed hub may have left behind. */
  async stop(): Promise<void> {
    await this.program.stop();
    const pid = await this.postgresPid();
    if (pid === undefined || !signal(pid, 'SIGQUIT')) return;
    await waitUntil('PostgreSQL ends', 10_000, () => !signal(pid, 0)).catch(() => signal(pid, 'SIGKILL'));
  }
}

/** Sends a signal; false when there is no such process. */
export function signal(pid: number, name: NodeJS.Signals | 0): boolean {
  try {
    return process.kill(pid, name);
  } catch {
    return false;
  }
}

export async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise<void>((resolve) => {
    server.close(() => resolve());
  });
  return port;
}

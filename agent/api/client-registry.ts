import { hash, randomBytes } from 'node:crypto';
import { closeSync, fsyncSync, openSync, readFileSync, renameSync, statSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** A program that may call the loopback API: a till, a script. Of its token only the SHA-256 is kept. */
export interface ApiClient {
  readonly name: string;
  readonly createdAt: string;
}

const clientName = z.string().regex(/^[a-z0-9][a-z0-9._-]{0,47}$/, 'must be 1-48 of a-z, 0-9, ".", "_", "-"');
const clientsFile = z.strictObject({
  clients: z
    .array(
      z.strictObject({
        name: clientName,
        createdAt: z.iso.datetime(),
        tokenSha256: z.string().regex(/^[0-9a-f]{64}$/),
      }),
    )
    .max(1_000),
});
type ClientsFile = z.infer<typeof clientsFile>;

const sha256 = (token: string): string => hash('sha256', token, 'hex');

/** A new token: 256 random bits, recognisable in a leak by its prefix. */
export const newClientToken = (): string => `swc_${randomBytes(32).toString('base64url')}`;

/**
 * The clients of one agent, kept in `clients.json` (mode 0600) of its data folder. The CLI writes it while the agent
 * runs; the agent reads it again when it has changed, so a new or removed client counts at once.
 */
export class ClientRegistry {
  readonly #file: string;
  /** Clients that live as long as the process: the agent's own CLI. */
  readonly #own = new Map<string, string>();
  #byHash: ReadonlyMap<string, string> = new Map();
  #version = '';

  constructor(folder: string) {
    this.#file = join(folder, 'clients.json');
  }

  /** Lets a token in for as long as this process lives. */
  admit(name: string, token: string): void {
    this.#own.set(sha256(token), name);
  }

  /** The name of the client with this token. Throws CONFIG_INVALID when the file cannot be understood. */
  find(token: string): string | undefined {
    this.#refresh();
    const hashed = sha256(token);
    return this.#own.get(hashed) ?? this.#byHash.get(hashed);
  }

  list(): ApiClient[] {
    return this.#read().clients.map(({ name, createdAt }) => ({ name, createdAt }));
  }

  /** Makes a client and answers its token, which is shown this once. Throws CONFLICT when the name is taken. */
  add(name: string, now: number): string {
    const parsed = clientName.safeParse(name);
    if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', `name: ${describeIssues(parsed.error)}`);
    const { clients } = this.#read();
    if (clients.some((client) => client.name === name)) {
      throw new ShelfwireError(
        'CONFLICT',
        `There is a client "${name}" already; remove it first to give it a new token.`,
      );
    }
    const token = newClientToken();
    const client = { name, createdAt: new Date(now).toISOString(), tokenSha256: sha256(token) };
    this.#write({ clients: [...clients, client] });
    return token;
  }

  /** Takes a client's access away. Throws NOT_FOUND. */
  remove(name: string): void {
    const { clients } = this.#read();
    const kept = clients.filter((client) => client.name !== name);
    if (kept.length === clients.length) throw new ShelfwireError('NOT_FOUND', `There is no client "${name}".`);
    this.#write({ clients: kept });
  }

  #refresh(): void {
    const stat = statSync(this.#file, { throwIfNoEntry: false });
    const version = stat ? `${stat.ino} ${stat.mtimeMs} ${stat.size}` : '';
    if (version === this.#version) return;
    this.#byHash = new Map(this.#read().clients.map((client) => [client.tokenSha256, client.name]));
    this.#version = version;
  }

  #read(): ClientsFile {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === 'ENOENT') return { clients: [] };
      throw new ShelfwireError('CONFIG_INVALID', `${this.#file} cannot be read.`, { cause });
    }
    try {
      return clientsFile.parse(JSON.parse(text));
    } catch (cause) {
      const why = cause instanceof z.ZodError ? describeIssues(cause) : 'it is not JSON';
      throw new ShelfwireError('CONFIG_INVALID', `${this.#file}: ${why}`, { cause });
    }
  }

  /** Another file, synced and renamed over the old one: a crash leaves either, never half of one. */
  #write(content: ClientsFile): void {
    const temporary = `${this.#file}.${process.pid}.tmp`;
    const file = openSync(temporary, 'w', 0o600);
    try {
      writeSync(file, `${JSON.stringify(content, null, 2)}\n`);
      fsyncSync(file);
    } finally {
      closeSync(file);
    }
    renameSync(temporary, this.#file);
  }
}

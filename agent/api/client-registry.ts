import { hash, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';

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
  readonly #file: JsonFile<ClientsFile>;
  /** Clients that live as long as the process: the agent's own CLI. */
  readonly #own = new Map<string, string>();
  #byHash: ReadonlyMap<string, string> = new Map();
  #of: ClientsFile | undefined;

  constructor(folder: string) {
    this.#file = new JsonFile(join(folder, 'clients.json'), clientsFile, { clients: [] });
  }

  /** Lets a token in for as long as this process lives. */
  admit(name: string, token: string): void {
    this.#own.set(sha256(token), name);
  }

  /** The name of the client with this token. Throws CONFIG_INVALID when the file cannot be understood. */
  find(token: string): string | undefined {
    const file = this.#file.get();
    if (file !== this.#of) this.#byHash = new Map(file.clients.map((client) => [client.tokenSha256, client.name]));
    this.#of = file;
    const hashed = sha256(token);
    return this.#own.get(hashed) ?? this.#byHash.get(hashed);
  }

  list(): ApiClient[] {
    return this.#file.get().clients.map(({ name, createdAt }) => ({ name, createdAt }));
  }

  /** Makes a client and answers its token, which is shown this once. Throws CONFLICT when the name is taken. */
  add(name: string, now: number): string {
    const parsed = clientName.safeParse(name);
    if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', `name: ${describeIssues(parsed.error)}`);
    const { clients } = this.#file.get();
    if (clients.some((client) => client.name === name)) {
      throw new ShelfwireError(
        'CONFLICT',
        `There is a client "${name}" already; remove it first to give it a new token.`,
      );
    }
    const token = newClientToken();
    const client = { name, createdAt: new Date(now).toISOString(), tokenSha256: sha256(token) };
    this.#file.set({ clients: [...clients, client] });
    return token;
  }

  /** Takes a client's access away. Throws NOT_FOUND. */
  remove(name: string): void {
    const { clients } = this.#file.get();
    const kept = clients.filter((client) => client.name !== name);
    if (kept.length === clients.length) throw new ShelfwireError('NOT_FOUND', `There is no client "${name}".`);
    this.#file.set({ clients: kept });
  }
}

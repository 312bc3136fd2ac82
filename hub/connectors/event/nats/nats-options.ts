import { readFileSync } from 'node:fs';
import {
  credsAuthenticator,
  nkeyAuthenticator,
  tokenAuthenticator,
  usernamePasswordAuthenticator,
  type Authenticator,
} from '@nats-io/transport-node';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';

/** What a hub is told of NATS. */
export interface NatsOptions {
  /** Servers of one cluster: nats://HOST:PORT, or tls://HOST:PORT. */
  readonly servers: readonly string[];
  /** File with credentials; absent: the server asks for none. */
  readonly credentials: string | undefined;
  readonly stream: string;
  /** First word of every subject. */
  readonly prefix: string;
  /** Copies that a stream has which we make. */
  readonly replicas: number;
}

const CREDENTIALS_BYTES_MAX = 64 * 1024;
const word = z.string().min(1).max(1_024);
const secrets = z.union([z.strictObject({ user: word, password: word }), z.strictObject({ token: word })]);
const name = /^[A-Za-z0-9_-]{1,64}$/;

/** Throws OPTION_INVALID. Addresses carry no credentials: command lines are seen by everybody on a machine. */
export function readNatsOptions(options: NatsOptions): NatsOptions {
  for (const server of options.servers) {
    const url = URL.parse(server);
    if (url === null || !['nats:', 'tls:'].includes(url.protocol) || url.hostname === '' || url.pathname.length > 1) {
      throw invalid('--nats-url: an address is nats://HOST:PORT or tls://HOST:PORT.');
    }
    if (url.username !== '' || url.password !== '') {
      throw invalid('--nats-url: name the file of the credentials by --nats-credentials instead.');
    }
  }
  if (new Set(options.servers.map((server) => URL.parse(server)?.protocol)).size > 1) {
    throw invalid('--nats-url: either all servers are tls:// or none.');
  }
  if (!name.test(options.stream)) throw invalid('--nats-stream: letters, digits, - and _, at most 64.');
  if (!options.prefix.split('.').every((part) => name.test(part))) {
    throw invalid('--nats-prefix: words of letters, digits, - and _, parted by dots.');
  }
  return options;
}

export function isSecure({ servers }: NatsOptions): boolean {
  return servers.some((server) => server.startsWith('tls:'));
}

/** Reads the file anew, so that other credentials count from the next connection on. Throws NATS_CREDENTIALS_INVALID. */
export function readCredentials(file: string): Authenticator {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch (error) {
    throw unreadable(`The file cannot be read: ${(error as NodeJS.ErrnoException).code ?? 'unknown'}.`, error);
  }
  if (text.length > CREDENTIALS_BYTES_MAX) throw unreadable('The file is too long for credentials.');
  const bytes = new TextEncoder().encode(text);
  if (text.includes('BEGIN NATS USER JWT')) return credsAuthenticator(bytes);
  const trimmed = text.trim();
  if (/^SU[A-Z2-7]{56}$/.test(trimmed)) return nkeyAuthenticator(new TextEncoder().encode(trimmed));
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    throw unreadable('The file is no .creds, no nkey seed and no JSON.');
  }
  const read = secrets.safeParse(json);
  // What is wrong is not shown: it would be a part of the credentials.
  if (!read.success) throw unreadable('The JSON is neither user and password nor token.');
  return 'token' in read.data
    ? tokenAuthenticator(read.data.token)
    : usernamePasswordAuthenticator(read.data.user, read.data.password);
}

function unreadable(detail: string, cause?: unknown): ShelfwireError {
  return new ShelfwireError('NATS_CREDENTIALS_INVALID', detail, { cause });
}

function invalid(detail: string): ShelfwireError {
  return new ShelfwireError('OPTION_INVALID', detail);
}

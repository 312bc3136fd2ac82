import httpAdapter from 'pouchdb-adapter-http';
import replication from 'pouchdb-replication';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { refusal, unreachable } from './archive-error.ts';
import { PouchDB } from '../storage/pouchdb/pouch-core.ts';

PouchDB.plugin(httpAdapter);
PouchDB.plugin(replication);

const ANSWER_MS_MAX = 120_000;

/** Where the archive is, and who may write there. */
export interface ArchiveAddress {
  /** Without user and password. */
  readonly url: string;
  /** As it may be shown: host and database. */
  readonly shown: string;
  readonly auth: { readonly username: string; readonly password: string } | undefined;
}

export interface Credentials {
  readonly user: string | undefined;
  readonly password: string | undefined;
}

/** Takes an address apart. User and password may stand in it, or come from elsewhere. Throws OPTION_INVALID. */
export function readAddress(to: string, given: Credentials): ArchiveAddress {
  const url = new URL(to);
  const username = decodeURIComponent(url.username) || given.user;
  const password = decodeURIComponent(url.password) || given.password;
  url.username = '';
  url.password = '';
  url.search = '';
  url.hash = '';
  url.pathname = url.pathname.replace(/\/+$/, '');
  const database = url.pathname.split('/').at(-1) ?? '';
  if (database === '') {
    throw new ShelfwireError('OPTION_INVALID', '--to names no database. Accepted: https://HOST/DATABASE.');
  }
  return {
    url: url.href,
    shown: `${url.host}${url.pathname}`,
    auth: username === undefined ? undefined : { username, password: password ?? '' },
  };
}

/** A database on a server that speaks CouchDB's protocol. */
export interface ArchiveTarget {
  readonly pouch: PouchDB;
  /** Why the last request failed, as a coded error; Pouch itself keeps only its text. */
  failure(): ShelfwireError | undefined;
}

/**
 * Opens the archive, and makes its database when there is none.
 * Errors: ARCHIVE_UNREACHABLE, ARCHIVE_UNAUTHORIZED, ARCHIVE_NOT_COUCHDB, ARCHIVE_REFUSED.
 */
export async function openTarget(address: ArchiveAddress): Promise<ArchiveTarget> {
  await makeDatabase(address);
  let failure: ShelfwireError | undefined;
  const pouch = new PouchDB(address.url, {
    adapter: 'http',
    auth: address.auth,
    skip_setup: true,
    // The platform's own: it has a time limit, and keeps no cookies.
    fetch: async (url: string, { headers, ...init }: RequestInit & { headers: Iterable<[string, string]> }) => {
      failure = undefined;
      try {
        const signal = AbortSignal.timeout(ANSWER_MS_MAX);
        const response = await fetch(url, { ...init, headers: new Headers([...headers]), signal });
        if (!response.ok && response.status !== 404) failure = refusal(response.status, await bodyOf(response.clone()));
        return response;
      } catch (error) {
        failure = unreachable(error);
        throw error;
      }
    },
  });
  return { pouch, failure: () => failure };
}

async function makeDatabase(address: ArchiveAddress): Promise<void> {
  const seen = await ask(address, 'GET');
  if (seen.status === 404 && isRecord(seen.body) && seen.body['error'] === 'not_found') {
    const made = await ask(address, 'PUT');
    // 412: another one has made it meanwhile.
    if (made.status >= 300 && made.status !== 412) throw refusal(made.status, made.body);
    return;
  }
  if (seen.status >= 400) throw refusal(seen.status, seen.body);
  if (isRecord(seen.body) && typeof seen.body['db_name'] === 'string') return;
  throw new ShelfwireError('ARCHIVE_NOT_COUCHDB', `${address.shown} answers, but not as a database of a CouchDB.`);
}

async function ask({ url, auth }: ArchiveAddress, method: string): Promise<{ status: number; body: unknown }> {
  const headers = new Headers({ accept: 'application/json' });
  if (auth) {
    const pair = Buffer.from(`${auth.username}:${auth.password}`).toString('base64');
    headers.set('authorization', `Basic ${pair}`);
  }
  try {
    const response = await fetch(url, { method, headers, signal: AbortSignal.timeout(ANSWER_MS_MAX) });
    return { status: response.status, body: await bodyOf(response) };
  } catch (error) {
    throw unreachable(error);
  }
}

async function bodyOf(response: Response): Promise<unknown> {
  const text = await response.text();
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null;

import type { Pool } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { readUnderLock } from '#hub/db/read-under-lock.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { lockLocations } from '#hub/ledger/merge.ts';
import { beginVariances } from '#hub/outbox/documents/variances.ts';
import type { Vault } from '../../accounts/vault.ts';
import {
  ErpFailure,
  readSettings,
  type ErpConnector,
  type ErpKind,
  type StockPage,
  type StockQuery,
} from '../connector.ts';
import type { Pace } from '../pace.ts';
import { erpKind, type ErpKindName } from '../registry.ts';
import { listErps, lockErp, lockLiveErp, requireErp, type Erp } from './erp-rows.ts';

export interface NewErp {
  readonly code: string;
  readonly kind: ErpKindName;
  readonly name: string;
  readonly settings: unknown;
  readonly credentials: unknown;
  readonly pace: Pace;
}

export interface ErpChange {
  readonly kind: string;
  readonly settings: unknown;
  /** Absent: those that it has. */
  readonly credentials?: unknown;
  readonly pace: Pace;
}

/** What an ERP's connector is made of beside its row. */
export interface ErpSurroundings {
  /** Seals credentials. */
  readonly vault: Pick<Vault, 'seal' | 'open'>;
  connect(
    kind: ErpKind,
    code: string,
    settings: unknown,
    credentials: unknown,
    pace: Pace,
    numberOf?: (key: string) => Promise<number>,
  ): ErpConnector;
}

type Kept = (client: Queryable, erp: Erp) => Promise<void>;

/** Each fact is written down once for each of them that a route leads to. */
const ERPS_MAX = 20;

const COUNT = `SELECT count(*)::int AS live FROM erps WHERE state <> 'ended'`;
const LOCATIONS = 'SELECT location_no FROM locations';
/** With the same partner control numbers go on: to it they would be doubled, whatever we call the ERP. */
const CREATE = `
  INSERT INTO erps (code, kind, name, settings, credentials, pace, created_by, control_number)
  SELECT $1, $2, $3, $4, $5, $6, $7, coalesce(max(e.control_number), 0) FROM erps e
  WHERE e.kind = $2 AND e.settings ->> 'sender' = $4::json ->> 'sender' AND e.settings ->> 'receiver' = $4::json ->> 'receiver'
  ON CONFLICT (code) DO NOTHING`;
const SET_STATE = `
  UPDATE erps SET state = $2::erp_state, failures = 0, next_at = '-infinity', error = NULL, revision = revision + 1
  WHERE erp_no = $1 AND state <> $2::erp_state`;
const CHANGE = `
  UPDATE erps SET settings = $2, pace = $3, credentials = coalesce($4, credentials), failures = 0, next_at = '-infinity', paced_until = '-infinity',
    revision = revision + 1 WHERE erp_no = $1`;
const SET_CREDENTIALS = `
  UPDATE erps SET credentials = $2, failures = 0, next_at = '-infinity', revision = revision + 1 WHERE erp_no = $1`;
const END = `UPDATE erps SET state = 'ended', credentials = NULL, revision = revision + 1 WHERE erp_no = $1`;
const END_ROUTES = 'DELETE FROM erp_routes WHERE erp_no = $1';
const END_DOCUMENTS = `
  UPDATE erp_documents SET state = 'dead', ended_at = clock_timestamp(),
    error = '{"code": "ERP_ENDED", "detail": "The ERP was ended before this was forwarded."}'
  WHERE erp_no = $1 AND state = 'waiting'`;
const END_STREAMS = 'UPDATE erp_streams SET done_document = last_document WHERE erp_no = $1';
const SEALED = 'SELECT credentials FROM erps WHERE erp_no = $1';

export const secretSubject = (code: string): string => `erp:${code}`;

/** Which ERPs there are, and how that is changed. Each act is done as a whole; `kept` runs in its transaction. */
export class Erps {
  readonly #pool: Pool;
  readonly #surroundings: ErpSurroundings;

  constructor(pool: Pool, surroundings: ErpSurroundings) {
    this.#pool = pool;
    this.#surroundings = surroundings;
  }

  /** Throws ERP_SETTINGS_INVALID, ERP_URL_FORBIDDEN, ERP_LIMIT, CONFLICT. */
  create(asked: NewErp, by: string, kept: Kept): Promise<Erp> {
    const { code, kind, name, pace } = asked;
    const { settings, sealed } = this.#check(asked);
    return this.#act(async (client) => {
      const { live = 0 } = (await readUnderLock<{ live: number }>(client, LOCKS.erpLimit, COUNT)) ?? {};
      if (live >= ERPS_MAX) throw new ShelfwireError('ERP_LIMIT', `There are ${ERPS_MAX} ERPs already.`);
      // No merge is under way then: what is forwarded, and what counts have found so far, begin at one instant.
      const { rows } = await client.query<{ location_no: number }>(LOCATIONS);
      await lockLocations(
        client,
        rows.map((row) => row.location_no),
      );
      if (live === 0) await beginVariances(client);
      const row = [code, kind, name, JSON.stringify(settings), sealed, JSON.stringify(pace), by];
      const { rowCount } = await client.query(CREATE, row);
      if (rowCount === 0) throw new ShelfwireError('CONFLICT', `There is an ERP "${code}" already, or was.`);
      return finish(client, code, kept);
    });
  }

  list(after: number, limit: number): Promise<Erp[]> {
    return snapshot(this.#pool, (client) => listErps(client, after, limit));
  }

  /** Throws NOT_FOUND. */
  find(code: string): Promise<Erp> {
    return snapshot(this.#pool, (client) => requireErp(client, code));
  }

  /**
   * Those who may set where it is need not know its credentials: elsewhere goes only what is given with it (X1). Throws
   * NOT_FOUND, ERP_ENDED, ERP_SETTINGS_INVALID, ERP_URL_FORBIDDEN, ERP_CREDENTIALS_NEEDED.
   */
  change(code: string, { kind: named, settings: asked, credentials, pace }: ErpChange, kept: Kept): Promise<Erp> {
    const { vault } = this.#surroundings;
    return this.#act(async (client) => {
      const { erp, kind: name, settings: before } = await lockLiveErp(client, code);
      requireSameKind(code, name, named);
      const kind = requireKind(name);
      const settings = readSettings(kind.settings, asked, 'settings');
      const given = credentials === undefined ? undefined : readSettings(kind.credentials, credentials, 'credentials');
      if (given === undefined) requireSameRecipient(code, kind, before, settings);
      const used = given ?? vault.open(await sealedOf(client, erp), secretSubject(code));
      this.#tryConnecting(name, code, settings, used, pace);
      const sealed = given === undefined ? null : vault.seal(given, secretSubject(code));
      await client.query(CHANGE, [erp, JSON.stringify(settings), JSON.stringify(pace), sealed]);
      return finish(client, code, kept);
    });
  }

  /** In force at once, also where documents are being posted. Throws NOT_FOUND, ERP_ENDED, ERP_SETTINGS_INVALID. */
  setCredentials(
    code: string,
    { kind: named, credentials: asked }: { kind: string; credentials: unknown },
    kept: Kept,
  ): Promise<Erp> {
    return this.#act(async (client) => {
      const { erp, kind } = await lockLiveErp(client, code);
      requireSameKind(code, kind, named);
      const credentials = readSettings(requireKind(kind).credentials, asked, 'credentials');
      await client.query(SET_CREDENTIALS, [erp, this.#surroundings.vault.seal(credentials, secretSubject(code))]);
      return finish(client, code, kept);
    });
  }

  /** Throws NOT_FOUND, ERP_ENDED. */
  pause(code: string, kept: Kept): Promise<Erp> {
    return this.#setState(code, 'paused', kept);
  }

  /** Throws NOT_FOUND, ERP_ENDED. */
  resume(code: string, kept: Kept): Promise<Erp> {
    return this.#setState(code, 'active', kept);
  }

  /** For good: what waits is a dead letter. Throws NOT_FOUND. */
  end(code: string, kept: Kept): Promise<Erp> {
    return this.#act(async (client) => {
      const { erp, state } = await lockErp(client, code);
      if (state !== 'ended')
        for (const statement of [END, END_ROUTES, END_DOCUMENTS, END_STREAMS]) await client.query(statement, [erp]);
      return finish(client, code, kept);
    });
  }

  /** What the ERP itself believes to have. Throws NOT_FOUND, ERP_ENDED, and what the ERP answers. */
  async readStock(code: string, asked: StockQuery): Promise<StockPage> {
    const { erp, kind, settings, pace, state } = await this.find(code);
    if (state === 'ended') throw new ShelfwireError('ERP_ENDED', `The ERP "${code}" is ended.`);
    const credentials = this.#surroundings.vault.open(await sealedOf(this.#pool, erp), secretSubject(code));
    const connector = this.#surroundings.connect(requireKind(kind), code, settings, credentials, pace);
    try {
      return await connector.readStock(asked);
    } catch (error) {
      throw toShelfwireError(error);
    } finally {
      connector.close();
    }
  }

  #setState(code: string, state: 'active' | 'paused', kept: Kept): Promise<Erp> {
    return this.#act(async (client) => {
      const { erp } = await lockLiveErp(client, code);
      await client.query(SET_STATE, [erp, state]);
      return finish(client, code, kept);
    });
  }

  #check({ code, kind: name, settings: given, credentials: secret, pace }: NewErp): {
    settings: unknown;
    sealed: Buffer;
  } {
    const kind = requireKind(name);
    const settings = readSettings(kind.settings, given, 'settings');
    const credentials = readSettings(kind.credentials, secret, 'credentials');
    this.#tryConnecting(name, code, settings, credentials, pace);
    return { settings, sealed: this.#surroundings.vault.seal(credentials, secretSubject(code)) };
  }

  /** What a connector cannot be made of is refused here, not when the first document is due. */
  #tryConnecting(kind: string, code: string, settings: unknown, credentials: unknown, pace: Pace): void {
    try {
      this.#surroundings.connect(requireKind(kind), code, settings, credentials, pace).close();
    } catch (error) {
      throw toShelfwireError(error);
    }
  }

  #act<T>(work: (client: Queryable & Parameters<typeof lockLocations>[0]) => Promise<T>): Promise<T> {
    return withRetries(() => transaction(this.#pool, work));
  }
}

function requireKind(name: string): ErpKind {
  const kind = erpKind(name);
  if (kind === undefined) throw new ShelfwireError('ERP_SETTINGS_INVALID', `There is no kind of ERP "${name}".`);
  return kind;
}

function requireSameKind(code: string, kind: string, named: string): void {
  if (kind !== named)
    throw new ShelfwireError('ERP_SETTINGS_INVALID', `"${code}" is of the kind "${kind}", not "${named}".`);
}

function requireSameRecipient(code: string, kind: ErpKind, before: unknown, after: unknown): void {
  const to = kind.shownTo(after);
  // What an older version wrote and cannot be read any more says nothing of whom they were given for.
  const known = kind.settings.safeParse(before);
  if (to === null || (known.success && kind.shownTo(before) === to)) return;
  throw new ShelfwireError(
    'ERP_CREDENTIALS_NEEDED',
    `"${code}" would be at ${to}, for which its credentials were not given.`,
  );
}

async function finish(client: Queryable, code: string, kept: Kept): Promise<Erp> {
  const erp = await requireErp(client, code);
  await kept(client, erp);
  return erp;
}

export async function sealedOf(client: Pick<Queryable, 'query'> | Pool, erp: number): Promise<Buffer> {
  const [row] = (await client.query<{ credentials: Buffer | null }>(SEALED, [erp])).rows;
  return row?.credentials ?? Buffer.alloc(0);
}

function toShelfwireError(error: unknown): unknown {
  return error instanceof ErpFailure ? new ShelfwireError(error.code, error.message, { cause: error }) : error;
}

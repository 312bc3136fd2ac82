import type { Pool, PoolClient } from 'pg';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Vault } from '#hub/connectors/accounts/vault.ts';
import { LOCKS } from '#hub/db/advisory-locks.ts';
import { readUnderLock } from '#hub/db/read-under-lock.ts';
import { snapshot, type Queryable } from '#hub/db/snapshot.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { newSecret, shownSecret } from '#hub/outbox/signature.ts';
import { readSourceSettings } from './settings.ts';
import { listSources, requireAny, requireSource, type ShownSource, type Source, type SourceKind } from './source.ts';

const SOURCES_MAX = 200;
const HOUR_MS = 3_600_000;

export interface NewSource {
  readonly code: string;
  readonly kind: SourceKind;
  readonly name: string;
  readonly settings: unknown;
}

/** A source with a secret of its webhooks, which is shown only now. */
export type SourceMade = ShownSource & { readonly secret: string };

type Kept<Shown> = (client: Queryable, shown: Shown) => Promise<void>;

/** What webhooks are signed with: the newest secret, and those before it until they end. */
const sealedSecrets = z.array(z.object({ secret: z.string(), endsAt: z.number().nullable() })).max(10);
type Secrets = z.output<typeof sealedSecrets>;

const COUNT = `SELECT count(*)::int AS live FROM inbound_sources WHERE state <> 'ended'`;
const CREATE = `
  INSERT INTO inbound_sources (code, kind, name, settings, secrets, created_by) VALUES ($1, $2, $3, $4, $5, $6)
  ON CONFLICT (code) DO NOTHING`;
const LOCK = 'SELECT state, secrets FROM inbound_sources WHERE code = $1 FOR NO KEY UPDATE';

const subjectOf = (code: string): string => `inbound:${code}`;

/** Which sources there are, and how that is changed. Each act is done as a whole; `kept` runs in its transaction. */
export class InboundSources {
  readonly #pool: Pool;
  readonly #vault: Pick<Vault, 'seal' | 'open'>;
  readonly #clock: Clock;

  constructor(pool: Pool, { vault, clock }: { readonly vault: Pick<Vault, 'seal' | 'open'>; readonly clock: Clock }) {
    this.#pool = pool;
    this.#vault = vault;
    this.#clock = clock;
  }

  list(after: number, limit: number): Promise<ShownSource[]> {
    return snapshot(this.#pool, (client) => listSources(client, after, limit));
  }

  /** Throws NOT_FOUND. */
  find(code: string): Promise<ShownSource> {
    return snapshot(this.#pool, (client) => requireSource(client, code));
  }

  /** Throws INBOUND_SETTINGS_INVALID, INBOUND_LIMIT, CONFLICT. */
  create({ code, kind, name, settings: given }: NewSource, by: string, kept: Kept<SourceMade>): Promise<SourceMade> {
    const settings = readSourceSettings(given);
    const secret = newSecret();
    const sealed = this.#seal(code, [{ secret: secret.toString('base64'), endsAt: null }]);
    return this.#act(async (client) => {
      const { live = 0 } = (await readUnderLock<{ live: number }>(client, LOCKS.inboundLimit, COUNT)) ?? {};
      if (live >= SOURCES_MAX) throw new ShelfwireError('INBOUND_LIMIT', `There are ${SOURCES_MAX} sources already.`);
      const { rowCount } = await client.query(CREATE, [code, kind, name, JSON.stringify(settings), sealed, by]);
      if (rowCount === 0) throw new ShelfwireError('CONFLICT', `There is a source "${code}" already, or was.`);
      const made = { ...(await requireSource(client, code)), secret: shownSecret(secret) };
      await kept(client, made);
      return made;
    });
  }

  /** Throws NOT_FOUND, INBOUND_CLOSED (ended), INBOUND_SETTINGS_INVALID. */
  change(
    code: string,
    { name, settings: given }: Pick<NewSource, 'name' | 'settings'>,
    kept: Kept<ShownSource>,
  ): Promise<ShownSource> {
    const settings = readSourceSettings(given);
    return this.#act(async (client) => {
      await lockLive(client, code);
      const text = 'UPDATE inbound_sources SET name = $2, settings = $3 WHERE code = $1';
      await client.query(text, [code, name, JSON.stringify(settings)]);
      return finish(client, code, kept);
    });
  }

  /** A new secret signs beside the one before it for so long. Throws NOT_FOUND, INBOUND_CLOSED. */
  rotate(code: string, overlapHours: number, kept: Kept<SourceMade>): Promise<SourceMade> {
    const secret = newSecret();
    return this.#act(async (client) => {
      const endsAt = this.#clock.now() + overlapHours * HOUR_MS;
      const before = this.#open(code, (await lockLive(client, code)).secrets)
        .filter((one) => one.endsAt === null || one.endsAt > this.#clock.now())
        .map((one) => ({ ...one, endsAt: Math.min(one.endsAt ?? endsAt, endsAt) }))
        .slice(0, 4);
      const sealed = this.#seal(code, [{ secret: secret.toString('base64'), endsAt: null }, ...before]);
      await client.query('UPDATE inbound_sources SET secrets = $2 WHERE code = $1', [code, sealed]);
      const made = { ...(await requireSource(client, code)), secret: shownSecret(secret) };
      await kept(client, made);
      return made;
    });
  }

  /** Nothing is taken of it until it is resumed; its files wait. Throws NOT_FOUND, INBOUND_CLOSED (ended). */
  pause(code: string, kept: Kept<ShownSource>): Promise<ShownSource> {
    return this.#setState(code, 'paused', kept);
  }

  /** Throws NOT_FOUND, INBOUND_CLOSED (ended). */
  resume(code: string, kept: Kept<ShownSource>): Promise<ShownSource> {
    return this.#setState(code, 'active', kept);
  }

  /** For good: its secrets are forgotten; what it told stays. Throws NOT_FOUND. */
  end(code: string, kept: Kept<ShownSource>): Promise<ShownSource> {
    return this.#act(async (client) => {
      await client.query(`UPDATE inbound_sources SET state = 'ended', secrets = NULL WHERE code = $1`, [code]);
      return finish(client, code, kept);
    });
  }

  /** A source and what signs its webhooks now; undefined when there is none that lives. */
  async findSigning(code: string): Promise<{ source: Source; secrets: Buffer[] } | undefined> {
    return snapshot(this.#pool, async (client) => {
      const text = `SELECT secrets FROM inbound_sources WHERE code = $1 AND state <> 'ended'`;
      const [row] = (await client.query<{ secrets: Buffer }>(text, [code])).rows;
      if (row === undefined) return undefined;
      const live = this.#open(code, row.secrets).filter(({ endsAt }) => endsAt === null || endsAt > this.#clock.now());
      const secrets = live.map(({ secret }) => Buffer.from(secret, 'base64'));
      return { source: await requireAny(client, code), secrets };
    });
  }

  #setState(code: string, state: 'active' | 'paused', kept: Kept<ShownSource>): Promise<ShownSource> {
    return this.#act(async (client) => {
      await lockLive(client, code);
      await client.query('UPDATE inbound_sources SET state = $2 WHERE code = $1', [code, state]);
      return finish(client, code, kept);
    });
  }

  #seal(code: string, secrets: Secrets): Buffer {
    return this.#vault.seal(secrets, subjectOf(code));
  }

  #open(code: string, sealed: Buffer): Secrets {
    return sealedSecrets.parse(this.#vault.open(sealed, subjectOf(code)));
  }

  #act<T>(work: (client: PoolClient) => Promise<T>): Promise<T> {
    return withRetries(() => transaction(this.#pool, work));
  }
}

interface LockedRow {
  readonly state: Source['state'];
  readonly secrets: Buffer | null;
}

async function lockLive(client: Queryable, code: string): Promise<{ secrets: Buffer }> {
  const [row] = (await client.query<LockedRow>(LOCK, [code])).rows;
  if (row === undefined) throw new ShelfwireError('NOT_FOUND', `There is no source "${code}".`);
  if (row.secrets === null) throw new ShelfwireError('INBOUND_CLOSED', `The source "${code}" is ended.`);
  return { secrets: row.secrets };
}

async function finish(client: Queryable, code: string, kept: Kept<ShownSource>): Promise<ShownSource> {
  const source = await requireSource(client, code);
  await kept(client, source);
  return source;
}

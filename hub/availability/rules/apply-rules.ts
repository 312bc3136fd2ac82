import { hash } from 'node:crypto';
import type { Pool, PoolClient } from 'pg';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { transaction, withRetries } from '#hub/db/transaction.ts';
import { normalText } from '#hub/rules/read-text.ts';
import { diffRules, type RulesDiff } from './diff-rules.ts';
import { readKnownNames } from './known-names.ts';
import { lockRules, projectRules } from './project-rules.ts';
import { withReading, type Reading } from './reading.ts';
import {
  newestVersion,
  pendingFrom,
  readNow,
  requireVersion,
  versionAt,
  type RuleVersion,
  type VersionEntry,
} from './rule-versions.ts';
import type { RulesDocument } from './rules-document.ts';
import type { ChangePreview, RulesPorts } from './rules-ports.ts';

/** Who applies rules, from when on, and seeing what. */
export interface Application {
  readonly by: string;
  readonly note?: string | undefined;
  /** At once when absent. */
  readonly effectiveFrom?: Date | undefined;
  /** The newest version that the author knew: refused with CONFLICT when there is another by now. 0: none. */
  readonly basedOn?: number | undefined;
}

export interface Applied {
  /** The version that has this document: a new one, or the newest when it is the same already. */
  readonly version: VersionEntry;
  readonly isNew: boolean;
  /** Pending versions that will not come into force because of this one. */
  readonly skips: readonly number[];
  /** From what would have been in force otherwise. */
  readonly diff: RulesDiff;
}

/** What applying would do. */
export interface DryRun {
  /** False: it is the newest version already. */
  readonly isNew: boolean;
  readonly effectiveFrom: Date;
  readonly skips: readonly number[];
  readonly diff: RulesDiff;
  /** Absent while nobody can tell. */
  readonly numbers?: ChangePreview;
}

/**
 * Makes a document the newest version, and shows it at once unless it is for later: all in one transaction. The same
 * document again changes nothing. Throws RULES_INVALID with every problem, CONFLICT, REQUEST_INVALID.
 */
export function applyRules(pool: Pool, text: string, how: Application, ports: RulesPorts = {}): Promise<Applied> {
  // Read anew at each try: a check adds to the problems of its reading.
  return withRetries(() =>
    withReading(normalText(text), (reading) =>
      transaction(pool, async (client) => {
        await lockRules(client);
        const moment = await begin(client, how);
        const document = await accept(client, reading);
        return write(client, { text: normalText(text), document, restores: null }, how, moment, ports);
      }),
    ),
  );
}

/** Brings the document of an older version back, as a new one. Products may have changed since: it is not held to them. */
export function rollBackRules(pool: Pool, to: number, how: Application, ports: RulesPorts = {}): Promise<Applied> {
  return withRetries(() =>
    transaction(pool, async (client) => {
      await lockRules(client);
      const moment = await begin(client, how);
      const { document: text, rules: document } = await requireVersion(client, to, moment.now);
      return write(client, { text, document, restores: to }, how, moment, ports);
    }),
  );
}

/**
 * Makes a new version out of the newest by `edit`, which is given its text; null: no rules yet. For small changes by
 * other ways than the file. Throws CONFLICT while a version is pending: it would be skipped, or come into force early.
 */
export function editRules(
  pool: Pool,
  edit: (client: PoolClient, newest: RuleVersion | undefined) => Promise<string | undefined>,
  how: Application,
  ports: RulesPorts = {},
): Promise<Applied | undefined> {
  return withRetries(() =>
    transaction(pool, async (client) => {
      await lockRules(client);
      const moment = await begin(client, how);
      const { newest } = moment;
      if (newest?.state === 'pending') {
        const due = newest.effectiveFrom.toISOString();
        throw new ShelfwireError(
          'CONFLICT',
          `Version ${newest.version} of the rules waits to come into force at ${due}.`,
          {
            remedy: 'Export it, change the file, and apply that with the same instant; or roll back first.',
          },
        );
      }
      const text = await edit(client, newest);
      if (text === undefined) return undefined;
      // What the newest version says of products was checked when it was applied.
      const document = await withReading(text, (reading) => reading.check());
      return write(client, { text, document, restores: null }, how, moment, ports);
    }),
  );
}

/** What applying this document would change; nothing is. Throws as applyRules does. */
export async function dryRunRules(pool: Pool, text: string, how: Application, ports: RulesPorts = {}): Promise<DryRun> {
  return withReading(normalText(text), (reading) =>
    rolledBack(pool, async (client) => {
      const moment = await begin(client, how);
      return plan(client, { text: normalText(text), document: await accept(client, reading) }, how, moment, ports);
    }),
  );
}

/** What rolling back would change; nothing is. */
export async function dryRunRollback(
  pool: Pool,
  to: number,
  how: Application,
  ports: RulesPorts = {},
): Promise<DryRun> {
  return rolledBack(pool, async (client) => {
    const moment = await begin(client, how);
    const { document: text, rules: document } = await requireVersion(client, to, moment.now);
    return plan(client, { text, document }, how, moment, ports);
  });
}

/** Throws RULES_INVALID with everything that is wrong with a document, names of the database included. */
export async function validateRules(pool: Pool, text: string): Promise<RulesDocument> {
  return withReading(normalText(text), (reading) => transaction(pool, (client) => accept(client, reading)));
}

interface Moment {
  readonly now: Date;
  readonly newest: RuleVersion | undefined;
}

interface Draft {
  readonly text: string;
  readonly document: RulesDocument;
}

async function begin(client: PoolClient, { basedOn, effectiveFrom }: Application): Promise<Moment> {
  const now = await readNow(client);
  const newest = await newestVersion(client, now);
  if (basedOn !== undefined && basedOn !== (newest?.version ?? 0)) {
    const by =
      newest === undefined ? 'there are no rules' : `version ${newest.version} is the newest, by ${newest.appliedBy}`;
    throw new ShelfwireError('CONFLICT', `This is based on version ${basedOn}, but ${by}.`, {
      remedy: 'Look at the difference (rules diff), take over what is missing, and name the newest version.',
    });
  }
  if (effectiveFrom !== undefined && effectiveFrom.getTime() <= now.getTime()) {
    throw new ShelfwireError('REQUEST_INVALID', `effectiveFrom ${effectiveFrom.toISOString()} lies in the past.`, {
      remedy: 'Leave it away to apply the rules at once: what was in force in the past stays as it was.',
    });
  }
  return { now, newest };
}

async function accept(client: PoolClient, reading: Reading): Promise<RulesDocument> {
  return reading.check(reading.document && (await readKnownNames(client, reading.document)));
}

async function compare(client: PoolClient, { text, document }: Draft, how: Application, { now, newest }: Moment) {
  const effectiveFrom = how.effectiveFrom ?? now;
  const isNewest = newest !== undefined && newest.document === text;
  // The newest is pending and is asked for another instant: that is a change too.
  const isSameTime = newest?.state === 'in force' || newest?.effectiveFrom.getTime() === effectiveFrom.getTime();
  const otherwise = await versionAt(client, effectiveFrom);
  const isNew = !(isNewest && isSameTime);
  return {
    effectiveFrom,
    isNew,
    skips: isNew ? await pendingFrom(client, effectiveFrom, now) : [],
    diff: diffRules(otherwise?.rules, document),
  };
}

async function plan(
  client: PoolClient,
  draft: Draft,
  how: Application,
  moment: Moment,
  ports: RulesPorts,
): Promise<DryRun> {
  const planned = await compare(client, draft, how, moment);
  const numbers = await ports.previewChange?.(client, draft.document, planned.effectiveFrom);
  return numbers === undefined ? planned : { ...planned, numbers };
}

const INSERT = `
  INSERT INTO rule_versions
    (version, document, rules, digest, effective_from, applied_at, applied_by, note, based_on, restores)
  VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)`;

async function write(
  client: PoolClient,
  draft: Draft & { readonly restores: number | null },
  how: Application,
  moment: Moment,
  ports: RulesPorts,
): Promise<Applied> {
  const { now, newest } = moment;
  const { effectiveFrom, isNew, skips, diff } = await compare(client, draft, how, moment);
  if (!isNew && newest !== undefined) return { version: newest, isNew, skips, diff };
  const version = (newest?.version ?? 0) + 1;
  await client.query(INSERT, [
    version,
    draft.text,
    JSON.stringify(draft.document),
    hash('sha256', draft.text, 'buffer'),
    effectiveFrom,
    now,
    how.by,
    how.note ?? null,
    newest?.version ?? null,
    draft.restores,
  ]);
  const written = await requireVersion(client, version, now);
  if (written.state === 'in force') {
    await projectRules(client, written);
    await ports.onApplied?.(client, written);
  }
  return { version: written, isNew, skips, diff };
}

class RolledBack extends Error {}

/** Runs the work in a transaction of which nothing stays, and which sees one state. */
async function rolledBack<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  let result: { value: T } | undefined;
  try {
    await transaction(pool, async (client) => {
      await client.query('SET TRANSACTION ISOLATION LEVEL REPEATABLE READ');
      result = { value: await work(client) };
      throw new RolledBack();
    });
  } catch (error) {
    if (!(error instanceof RolledBack)) throw error;
  }
  if (result === undefined) throw new Error('The work of a dry run gave nothing.');
  return result.value;
}

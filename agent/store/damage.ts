import { join } from 'node:path';
import type { RecoveryOptions } from '#agent/storage/sqlite/connection.ts';
import { readMark } from '#agent/storage/sqlite/mark.ts';
import { fileNameOf } from '#agent/storage/sqlite/rx-storage.ts';
import { type DamageReport, readReports } from '#agent/storage/sqlite/salvage/report.ts';
import { digestOf } from '#shared/protocol/content.ts';
import { ERRORS, ShelfwireError, type WireError } from '#shared/protocol/errors.ts';
import { COLLECTIONS } from '#shared/protocol/messages/pull.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { DATABASE } from './database.ts';

/** What comes down from the hub, and RxDB's notes on it. */
const PULLED: ReadonlySet<string> = new Set(COLLECTIONS);
const REPLICATION_NOTES = /^rx-replication-meta-/;

/**
 * What the store knows of its collections that the storage does not.
 *
 * - A fact must have the content that its digest says (F1).
 * - Documents from the hub and RxDB's notes on how far they have come must be whole together, or begin anew together:
 *   notes without documents would hide what is missing for ever, and documents without notes are never overwritten.
 */
export function recoveryOptions(logger: Logger): RecoveryOptions {
  return {
    verify: (collection, document) => (collection === 'journal' ? brokenFact(document) : undefined),
    leaveOut: (damaged, all) => {
      const comesDown = (name: string) => PULLED.has(name) || REPLICATION_NOTES.test(name) || name === '_rxdb_internal';
      return damaged.some(comesDown) ? all.filter((name) => PULLED.has(name) || REPLICATION_NOTES.test(name)) : [];
    },
    onRecovered: (report) => {
      const { remedy } = ERRORS.STORAGE_RECOVERED;
      logger.error(
        { code: 'STORAGE_RECOVERED', remedy, report },
        'the data file was damaged; what could be read goes on',
      );
    },
  };
}

/** What a person must know of damage: files that were set aside, and one that must be. Read from disk. */
export function damageProblems(folder: string): WireError[] {
  const suspect = readMark(join(folder, fileNameOf(DATABASE)))?.suspect;
  return [
    ...(suspect ? [problem('STORAGE_DAMAGED', suspect)] : []),
    ...readReports(folder).map((one) => problem('STORAGE_RECOVERED', summary(one.folder, one.report))),
  ];
}

export function isDamage(error: unknown): boolean {
  return error instanceof ShelfwireError && error.code === 'STORAGE_DAMAGED';
}

function summary(folder: string, report: DamageReport): string {
  const recovered = report.collections.reduce((sum, one) => sum + one.recovered, 0);
  const lost = report.collections.reduce((sum, one) => sum + one.lost, 0);
  const missing = (report.journal ?? []).flatMap((one) => one.missing.map(([from, to]) => to - from + 1));
  const facts = missing.reduce((sum, count) => sum + count, 0);
  const unsure = report.collections.filter((one) => !one.isWhole && !one.leftOut).map(({ collection }) => collection);
  const parts = [
    `${report.file} was damaged (${report.damage}) and set aside at ${report.at}`,
    `${recovered} documents were recovered, ${lost} are lost`,
    ...(facts > 0 ? [`${facts} ${facts === 1 ? 'fact is' : 'facts are'} missing in the journal`] : []),
    ...(unsure.length > 0 ? [`more may be missing in ${unsure.join(', ')}`] : []),
  ];
  return `${parts.join('; ')}. See ${join(folder, 'report.json')}`;
}

function problem(code: 'STORAGE_DAMAGED' | 'STORAGE_RECOVERED', detail: string): WireError {
  return { code, detail, remedy: ERRORS[code].remedy };
}

function brokenFact(document: object): string | undefined {
  const { kind, body, digest } = document as Record<string, unknown>;
  return digestOf(String(kind), JSON.stringify(body)) === digest ? undefined : 'the content is not that of its digest';
}

import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { basename, dirname, join } from 'node:path';
import { type Mark, markPath } from '../mark.ts';
import { syncFolder } from '../sync-folder.ts';
import { damagedFolder, type DamageReport, LOST, REPORT, UNFIT, writeReport } from './report.ts';
import { salvage, type SalvageOptions } from './salvage.ts';

/** The new file, complete; it takes its place once the damaged one is out of the way. */
const recoveredPath = (path: string): string => `${path}.recovered`;

export interface Damaged {
  readonly path: string;
  readonly damage: string;
  readonly mark: Mark | undefined;
  readonly now: number;
}

/**
 * Recovers a damaged file and sets it aside, whole, in `damaged/`, with a report. The damaged file is not touched before the
 * new one is complete and on disk: when there is no room for it, nothing has happened. Killed at any moment, the next open goes on.
 */
export function recoverFile({ path, damage, mark, now }: Damaged, options: SalvageOptions): DamageReport {
  const folder = newFolder(path, now);
  const building = `${path}.recovering`;
  const { collections, lost, unfit } = salvage(path, building, mark, options);
  const report: DamageReport = {
    file: basename(path),
    damage,
    at: new Date(now).toISOString(),
    collections,
    unfit: unfit.length,
    settled: false,
  };
  if (lost.length > 0) writeFileSync(join(folder, LOST), lines(lost), { flush: true });
  if (unfit.length > 0) writeFileSync(join(folder, UNFIT), lines(unfit), { flush: true });
  writeReport(folder, report);
  renameSync(building, recoveredPath(path));
  syncFolder(dirname(path));
  finishRecovery(path);
  return report;
}

/** Finishes a recovery that was complete but for the exchange of the files. */
export function finishRecovery(path: string): void {
  if (!existsSync(recoveredPath(path))) return;
  const folder = latestFolder(path);
  for (const part of [`${path}-wal`, `${path}-shm`, path]) {
    if (existsSync(part)) renameSync(part, join(folder, basename(part)));
  }
  syncFolder(folder);
  // It speaks of the file that has gone.
  rmSync(markPath(path), { force: true });
  renameSync(recoveredPath(path), path);
  syncFolder(dirname(path));
}

/** `damaged/<name>-<time>/`, made so that it is still there after a power cut. */
function newFolder(path: string, now: number): string {
  const parent = damagedFolder(path);
  mkdirSync(parent, { recursive: true, mode: 0o700 });
  const name = `${basename(path)}-${new Date(now).toISOString().replaceAll(/[:.]/g, '-')}`;
  for (let attempt = 1; ; attempt++) {
    const folder = join(parent, attempt === 1 ? name : `${name}-${attempt}`);
    if (existsSync(folder)) continue;
    mkdirSync(folder, { mode: 0o700 });
    syncFolder(parent);
    syncFolder(dirname(parent));
    return folder;
  }
}

function latestFolder(path: string): string {
  const parent = damagedFolder(path);
  const own = readdirSync(parent).filter(
    (name) => name.startsWith(`${basename(path)}-`) && existsSync(join(parent, name, REPORT)),
  );
  const latest = own.toSorted().at(-1);
  return latest === undefined ? newFolder(path, 0) : join(parent, latest);
}

function lines(values: readonly unknown[]): string {
  return values.map((value) => `${JSON.stringify(value, plain)}\n`).join('');
}

/** Values of SQLite that JSON has no word for. */
function plain(_key: string, value: unknown): unknown {
  if (typeof value === 'bigint') return String(value);
  return value instanceof Uint8Array ? { hex: Buffer.from(value).toString('hex') } : value;
}

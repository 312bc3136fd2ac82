import { basename } from 'node:path';
import type { Arrival, IntakeDoor, Unreadable } from '../intake.ts';
import { restOf } from './document-rest.ts';
import type { FileDocument, Rejected } from './file-document.ts';
import type { OpenFile } from './file-format.ts';
import type { QuarantineOrigin } from '#shared/agent-api/quarantine.ts';
import type { ReportDraft } from './file-report.ts';

/** Documents that go to the journal together: enough for one sync to cost little, few enough to answer others between. */
const GROUP_DOCUMENTS = 500;
const HEADER_CHARS_MAX = 32 * 1024;
/** As many rows of a document have their reason told; all of them are kept. */
const REASONS_MAX = 20;

/** Documents on their way into the journal, some hundred at a time. */
export class DocumentGroup {
  readonly #intake: IntakeDoor;
  readonly #source: string;
  readonly #report: ReportDraft;
  readonly #file: string;
  readonly #hasGrown: boolean;
  /** What one must know of the file to read a part of it again: the row of its columns' names, its first element. */
  header: string | null = null;
  #documents: FileDocument[] = [];
  #rejected: Rejected[] = [];
  /** How often each rejected text has come in this file. */
  readonly #occurrences = new Map<string, number>();

  constructor(parts: Pick<OpenFile, 'intake' | 'source' | 'report' | 'path' | 'hasGrown'>) {
    this.#intake = parts.intake;
    this.#source = parts.source;
    this.#report = parts.report;
    this.#file = basename(parts.path);
    this.#hasGrown = parts.hasGrown;
  }

  reject(row: Rejected): void {
    this.#rejected.push(row);
    this.#report.reject(row);
  }

  add(result: { readonly documents: readonly FileDocument[]; readonly rejected: readonly Rejected[] }): void {
    for (const row of result.rejected) this.reject(row);
    this.#documents.push(...result.documents);
  }

  async flushIfFull(): Promise<void> {
    if (this.#documents.length >= GROUP_DOCUMENTS || this.#rejected.length >= GROUP_DOCUMENTS) await this.flush();
  }

  async flush(): Promise<void> {
    while (this.#documents.length > 0) await this.#take(this.#documents.splice(0, GROUP_DOCUMENTS));
    const rejected = together(this.#rejected.splice(0));
    await this.#intake.setAside(
      this.#source,
      rejected.map((rows) => this.#unreadable(rows)),
    );
  }

  #unreadable(rows: readonly [Rejected, ...Rejected[]]): Unreadable {
    const [{ line, code, key = null }] = rows;
    const raw = rows.map((row) => row.raw).join('\n');
    const said = rows.slice(0, REASONS_MAX).map((row) => `line ${row.line}: ${row.reason}`);
    const detail = said.join('; ') + (rows.length > REASONS_MAX ? `; and ${rows.length - REASONS_MAX} more` : '');
    return { code, detail, verbatim: raw, occurrence: this.#countOf(raw), origin: this.#originOf(line), key, rows };
  }

  #originOf(line: number): QuarantineOrigin {
    return { file: this.#file, line, header: this.header?.slice(0, HEADER_CHARS_MAX) ?? null };
  }

  #countOf(raw: string): number {
    const count = (this.#occurrences.get(raw) ?? 0) + 1;
    this.#occurrences.set(raw, count);
    return count;
  }

  async #take(documents: readonly FileDocument[]): Promise<void> {
    const rests = new Map<number, readonly Rejected[]>();
    const arrivals = documents.map((document, index): Arrival => {
      const { kind, key, body, rows } = document;
      return {
        submission: { kind, key, body },
        verbatim: () => rows.map((row) => row.raw).join('\n'),
        origin: this.#originOf(rows[0]?.line ?? 0),
        refusedAs: ({ code, counts }) => {
          if (!this.#hasGrown || code !== 'KEY_REUSED' || counts === undefined) return undefined;
          const rest = restOf(document, counts);
          if (rest === undefined) return undefined;
          const reason = `"${key}" counts with the ${rows.length - rest.length} rows before it: the file had ended there when it was read first`;
          const rejected = rest.map((row): Rejected => ({ ...row, code: 'DOCUMENT_CUT', reason }));
          rests.set(index, rejected);
          // One by one: if still more comes, those that are shown already are known.
          return rejected.map((row) => this.#unreadable([row]));
        },
      };
    });
    const results = await this.#intake.take(this.#source, arrivals);
    for (const [index, result] of results.entries()) {
      const rows = documents[index]?.rows ?? [];
      const rest = rests.get(index);
      if (rest !== undefined) {
        for (const row of rest) this.#report.reject(row);
      } else if (result.status === 'refused') {
        const raw = rows.map((row) => row.raw).join('\n');
        this.#report.reject({ line: rows[0]?.line ?? 0, raw, code: result.code, reason: result.detail }, rows.length);
      } else {
        if (result.status === 'appended') this.#report.factsAppended++;
        else this.#report.duplicates++;
        this.#report.unknown(result.unknownSkus);
      }
    }
  }
}

/**
 * Rows that are all of one document are one thing to correct, under its key: corrected one by one, only the first of them could
 * have that key, and the till's own correction would count beside the others.
 */
function together(rejected: readonly Rejected[]): [Rejected, ...Rejected[]][] {
  const groups: [Rejected, ...Rejected[]][] = [];
  for (const row of rejected) {
    const last = groups.at(-1);
    if (last !== undefined && row.key !== undefined && last[0].key === row.key) last.push(row);
    else groups.push([row]);
  }
  return groups;
}

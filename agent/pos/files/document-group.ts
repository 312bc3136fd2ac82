import { basename } from 'node:path';
import type { IntakeDoor } from '../intake.ts';
import type { FileDocument, Rejected } from './file-document.ts';
import type { OpenFile } from './file-format.ts';
import type { QuarantineOrigin } from '#shared/agent-api/quarantine.ts';
import type { ReportDraft } from './file-report.ts';

/** Documents that go to the journal together: enough for one sync to cost little, few enough to answer others between. */
const GROUP_DOCUMENTS = 500;
const HEADER_CHARS_MAX = 32 * 1024;

/** Documents on their way into the journal, some hundred at a time. */
export class DocumentGroup {
  readonly #intake: IntakeDoor;
  readonly #source: string;
  readonly #report: ReportDraft;
  readonly #file: string;
  /** What one must know of the file to read a part of it again: the row of its columns' names, its first element. */
  header: string | null = null;
  #documents: FileDocument[] = [];
  #rejected: Rejected[] = [];
  /** How often each rejected text has come in this file. */
  readonly #occurrences = new Map<string, number>();

  constructor(parts: Pick<OpenFile, 'intake' | 'source' | 'report' | 'path'>) {
    this.#intake = parts.intake;
    this.#source = parts.source;
    this.#report = parts.report;
    this.#file = basename(parts.path);
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
    const rejected = this.#rejected.splice(0);
    await this.#intake.setAside(
      this.#source,
      rejected.map(({ line, code, reason, raw, key = null }) => {
        const detail = `line ${line}: ${reason}`;
        return { code, detail, verbatim: raw, occurrence: this.#countOf(raw), origin: this.#originOf(line), key };
      }),
    );
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
    const arrivals = documents.map(({ kind, key, body, rows }) => ({
      submission: { kind, key, body },
      verbatim: () => rows.map((row) => row.raw).join('\n'),
      origin: this.#originOf(rows[0]?.line ?? 0),
    }));
    const results = await this.#intake.take(this.#source, arrivals);
    for (const [index, result] of results.entries()) {
      const rows = documents[index]?.rows ?? [];
      if (result.status === 'refused') {
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

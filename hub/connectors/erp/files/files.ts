import { hash, randomBytes } from 'node:crypto';
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import type { Clock } from '#shared/runtime/clock.ts';
import { defineErpKind, ErpFailure, type ErpConnector, type MappedDocument, type Posted } from '../connector.ts';
import { restExample } from '../rest/rest-example.ts';
import { csvOf } from './csv.ts';
import { exists, linkOnce, moveOnce, readText, removeOld, writeDurably } from './durable-files.ts';

const settings = z.strictObject({
  /** csv: one row for each of the document's lines, the fields of its head in each. */
  format: z.enum(['json', 'csv']).default('json'),
});
const credentials = z.strictObject({});

const CAPABILITIES = { cancels: false, once: 'atomicRename', readsStock: false } as const;

const DAY_MS = 86_400_000;
/** Whoever asks for a document later than that is told that it is not there. */
const MARKS_KEPT_MS = 30 * DAY_MS;

interface Mark {
  readonly name: string;
  readonly draft: string;
}

/**
 * A folder from which the ERP, or what stands before it, takes files: each is there whole or not at all, and once, also
 * when it was taken away before the hub was killed.
 *
 * - A document is written as a draft; its mark is made by a link, which only one can make, and names draft and file.
 * - The draft is moved to the file, which only one can do. So a mark whose draft is gone says that the file was there.
 */
export const files = defineErpKind({
  title: 'A folder that files are put into, JSON or CSV, each of them once',
  settings,
  credentials,
  capabilities: CAPABILITIES,
  example: restExample,
  create({ format }, _, { code, clock, folder }): ErpConnector {
    const places = openFolder(join(folder, code));
    const names = new Names(clock);
    const markOf = async (key: string): Promise<Mark | undefined> => {
      const text = await readText(join(places.marks, hashOf(key)));
      if (text === undefined) return undefined;
      const [name = '', draft = ''] = text.split('\n');
      return { name, draft };
    };
    const publish = async ({ name, draft }: Mark): Promise<Posted> => {
      await moveOnce(join(places.drafts, draft), join(places.out, name));
      return { reference: name };
    };
    return {
      capabilities: CAPABILITIES,
      lookup: (_document, key) =>
        translating(async () => {
          const mark = await markOf(key);
          if (mark === undefined || (await exists(join(places.drafts, mark.draft)))) return undefined;
          return { reference: mark.name };
        }),
      post: (document, key) =>
        translating(async () => {
          const known = await markOf(key);
          if (known !== undefined) return publish(known);
          const mark = {
            name: `${names.next(document)}.${format}`,
            draft: `${hashOf(key)}-${randomBytes(6).toString('hex')}`,
          };
          await writeDurably(join(places.drafts, mark.draft), contentOf(document, key, format));
          const isMine = await linkOnce(join(places.marks, hashOf(key)), `${mark.name}\n${mark.draft}\n`);
          return publish(isMine ? mark : ((await markOf(key)) ?? mark));
        }),
      async readStock() {
        throw new ErpFailure('ERP_REFUSED', 'A folder of files tells no stock.');
      },
      tidy: () =>
        translating(async () => {
          await removeOld(places.marks, clock.now() - MARKS_KEPT_MS);
          // Drafts that another hub was quicker than.
          await removeOld(places.drafts, clock.now() - DAY_MS);
        }),
      close: () => undefined,
    };
  },
});

function openFolder(out: string): { readonly out: string; readonly drafts: string; readonly marks: string } {
  // On one file system, so that a draft can be moved.
  const drafts = join(out, '.drafts');
  const marks = join(out, '.marks');
  try {
    for (const folder of [out, drafts, marks]) mkdirSync(folder, { recursive: true });
  } catch (error) {
    throw toFailure(error);
  }
  return { out, drafts, marks };
}

/** Names sort as the documents were posted, as far as the clocks of the hubs agree. */
class Names {
  readonly #clock: Clock;
  #last = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  next({ target }: MappedDocument): string {
    this.#last = Math.max(this.#clock.now(), this.#last + 1);
    const at = new Date(this.#last).toISOString().replaceAll(/[-:.]/g, '');
    return `${at}-${target.replaceAll(/[^A-Za-z0-9]+/g, '_').slice(0, 40)}-${randomBytes(4).toString('hex')}`;
  }
}

function contentOf(document: MappedDocument, key: string, format: 'json' | 'csv'): string {
  if (document.act === 'cancel')
    throw new ErpFailure('ERP_MAPPING_FAILED', 'A folder of files cancels nothing by itself.');
  const { target, payload } = document;
  if (format === 'csv') return csvOf({ key, target, ...payload });
  return `${JSON.stringify({ key, target, document: payload }, null, 2)}\n`;
}

const hashOf = (key: string): string => hash('sha256', key, 'hex').slice(0, 40);

async function translating<T>(work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    throw error instanceof ErpFailure ? error : toFailure(error);
  }
}

/** A disk that is full, or a folder that is gone, is the same for every document: they wait. */
function toFailure(error: unknown): ErpFailure {
  const code = (error as NodeJS.ErrnoException).code ?? String(error);
  return new ErpFailure('ERP_UNREACHABLE', `The folder cannot be used: ${code}.`, { cause: error });
}

import { hash, randomBytes } from 'node:crypto';
import type { Clock } from '#shared/runtime/clock.ts';
import { ErpFailure, type ErpConnector, type MappedDocument, type Posted } from '../connector.ts';
import type { DropFiles } from './drop-files.ts';

export const FILE_CAPABILITIES = { cancels: false, once: 'atomicRename', readsStock: false } as const;

/** Where drafts and marks are: on the file system of what they become, so that they can be moved. */
export const DRAFTS = '.drafts';
export const MARKS = '.marks';

/** As we make them: others may write where they are, and they say what is moved where. */
const NAME = /^[A-Za-z0-9][A-Za-z0-9_.-]{0,120}$/;
const DRAFT = /^[0-9a-f]{40}-[0-9a-f]{12}$/;

const DAY_MS = 86_400_000;
/** Whoever asks for a document later than that is told that it is not there. */
const MARKS_KEPT_MS = 30 * DAY_MS;

interface Mark {
  readonly name: string;
  readonly draft: string;
}

export type WrittenDocument = Extract<MappedDocument, { act: 'write' }>;

export interface FileConnectorOptions {
  readonly files: DropFiles;
  readonly clock: Clock;
  /** Of names, without its dot. */
  readonly extension: string;
  /** What a file says; throws ERP_MAPPING_FAILED. */
  readonly content: (document: WrittenDocument, key: string) => string | Promise<string>;
}

/**
 * Puts files where the ERP, or what stands before it, takes them away: each is there whole or not at all, and once, also
 * when it was taken away before the hub was killed.
 *
 * - A document is written as a draft; its mark, which only one can make, names draft and file.
 * - The draft is moved to the file, which only one can do. So a mark whose draft is gone says that the file was there.
 */
export function fileConnector({ files, clock, extension, content }: FileConnectorOptions): ErpConnector {
  const names = new Names(clock);
  const markAt = async (hashed: string): Promise<Mark | undefined> => {
    const text = await files.readText(`${MARKS}/${hashed}`);
    if (text === undefined) return undefined;
    const [name = '', draft = ''] = text.split('\n');
    if (NAME.test(name) && DRAFT.test(draft)) return { name, draft };
    throw new ErpFailure('ERP_CONFLICT', 'The mark of this document is none of ours: somebody else has written it.');
  };
  const markOf = (key: string): Promise<Mark | undefined> => markAt(hashOf(key));
  /** One that is marked and still there is on its way: without it the mark would say that it had arrived. */
  const isOnItsWay = async (draft: string): Promise<boolean> =>
    (await markAt(draft.split('-', 1)[0] ?? '').catch(() => ({ draft })))?.draft === draft;
  const publish = async ({ name, draft }: Mark): Promise<Posted> => {
    await files.moveOnce(`${DRAFTS}/${draft}`, name);
    return { reference: name };
  };
  return {
    capabilities: FILE_CAPABILITIES,
    async lookup(_document, key) {
      const mark = await markOf(key);
      if (mark === undefined || (await files.exists(`${DRAFTS}/${mark.draft}`))) return undefined;
      return { reference: mark.name };
    },
    async post(document, key) {
      if (document.act === 'cancel')
        throw new ErpFailure('ERP_MAPPING_FAILED', 'A folder of files cancels nothing by itself.');
      const known = await markOf(key);
      if (known !== undefined) return publish(known);
      const mark = {
        name: `${names.next(document)}.${extension}`,
        draft: `${hashOf(key)}-${randomBytes(6).toString('hex')}`,
      };
      await files.write(`${DRAFTS}/${mark.draft}`, await content(document, key));
      const isMine = await files.makeOnce(`${MARKS}/${hashOf(key)}`, `${mark.name}\n${mark.draft}\n`);
      return publish(isMine ? mark : ((await markOf(key)) ?? mark));
    },
    async readStock() {
      throw new ErpFailure('ERP_REFUSED', 'A folder of files tells no stock.');
    },
    async tidy() {
      await files.removeOld(MARKS, clock.now() - MARKS_KEPT_MS);
      // Drafts that another hub was quicker than.
      await files.removeOld(DRAFTS, clock.now() - DAY_MS, isOnItsWay);
    },
    close: () => files.close(),
  };
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

const hashOf = (key: string): string => hash('sha256', key, 'hex').slice(0, 40);

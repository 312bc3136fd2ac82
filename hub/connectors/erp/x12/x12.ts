import { hash } from 'node:crypto';
import { z } from 'zod';
import { defineErpKind, ErpFailure, type AcknowledgementFile, type ErpConnector } from '../connector.ts';
import type { DropFiles } from '../drop/drop-files.ts';
import { FILE_CAPABILITIES, fileConnector } from '../drop/file-connector.ts';
import { openTransport, serverOf, transportCredentials, transportSettings } from '../drop/transport.ts';
import { readFunctional } from './acknowledgement.ts';
import { writeInterchange } from './interchange.ts';
import { segmentsOf } from './transaction-sets.ts';
import { x12Example } from './x12-example.ts';

const party = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9 ._-]{0,14}$/, 'must be 1 to 15 signs: letters, digits, space, . _ -')
  .refine((text) => text === text.trimEnd(), 'must not end with a space');
const qualifier = z.string().regex(/^[A-Z0-9]{2}$/, 'must be two signs, like ZZ or 01');

const settings = z.strictObject({
  sender: party,
  senderQualifier: qualifier.default('ZZ'),
  senderCode: party.optional().describe('Of the functional group; the sender unless told otherwise.'),
  receiver: party,
  receiverQualifier: qualifier.default('ZZ'),
  receiverCode: party.optional(),
  usage: z.enum(['P', 'T']).default('P').describe('T: the partner takes it as a test.'),
  ...transportSettings,
});

/** Where the partner puts its acknowledgements, and where they go when they are read. */
const INBOX = 'in';
const READ = '.read';
const READ_KEPT_MS = 30 * 86_400_000;
/** With what is put before it, no longer than a file's name may be. */
const NAME_CHARS_KEPT = 50;

/** EDI by files: 852 for what happened, 846 for what is there, 997 back. */
export const x12 = defineErpKind({
  title: 'X12 by files, in a folder or over SFTP: 852 (product activity), 846 (inventory), 997 read',
  settings,
  credentials: transportCredentials,
  capabilities: FILE_CAPABILITIES,
  example: x12Example,
  shownTo: serverOf,
  create({ usage, sftp, ...given }, credentials, parts): ErpConnector {
    const { clock, numberOf } = parts;
    const files = openTransport({ sftp }, credentials, parts, [INBOX, READ]);
    const parties = {
      ...given,
      usage,
      senderCode: given.senderCode ?? given.sender,
      receiverCode: given.receiverCode ?? given.receiver,
    };
    const connector = fileConnector({
      files,
      clock,
      extension: 'x12',
      async content({ target, payload }, key) {
        if (numberOf === undefined) throw new Error('nothing is posted where there are no numbers');
        const { set, segments } = segmentsOf(target, payload, key);
        return writeInterchange(set, segments, { parties, number: await numberOf(key), atMs: clock.now() });
      },
    });
    const inbox = new Inbox(files);
    return {
      ...connector,
      readAcknowledgements: (keep) => inbox.read(keep, clock.now()),
      async tidy() {
        await connector.tidy?.();
        // The hub has kept what they say.
        await files.removeOld(READ, clock.now() - READ_KEPT_MS);
      },
    };
  },
});

/** What a partner puts there is read when it is whole: one that is not is left once, and kept with its problem if it stays so. */
class Inbox {
  readonly #files: DropFiles;
  readonly #seen = new Map<string, string>();

  constructor(files: DropFiles) {
    this.#files = files;
  }

  async read(keep: (file: AcknowledgementFile) => Promise<void>, nowMs: number): Promise<void> {
    const names = await this.#files.list(INBOX);
    for (const name of names) {
      const content = await this.#contentOf(name);
      if (content === undefined) continue;
      const text = content.replaceAll('\0', '');
      const { acknowledgements, problem, isWhole } = readFunctional(text);
      const digest = hash('sha256', content, 'hex');
      if (!isWhole && this.#seen.get(name) !== digest) {
        this.#seen.set(name, digest);
        continue;
      }
      await keep({ name, content: text, acknowledgements, problem });
      const ending = name.slice(-NAME_CHARS_KEPT).toWellFormed();
      await this.#files.moveOnce(`${INBOX}/${name}`, `${READ}/${nowMs}-${digest.slice(0, 8)}-${ending}`);
      this.#seen.delete(name);
    }
    for (const name of this.#seen.keys()) if (!names.includes(name)) this.#seen.delete(name);
  }

  /** One that is too large to be an acknowledgement must not hold up those behind it: what is kept of it is that. */
  async #contentOf(name: string): Promise<string | undefined> {
    try {
      return await this.#files.readText(`${INBOX}/${name}`);
    } catch (error) {
      if (error instanceof ErpFailure && error.code === 'ERP_ANSWER_INVALID') return error.message;
      throw error;
    }
  }
}

import { createCipheriv, createDecipheriv, hash, randomBytes, randomUUID } from 'node:crypto';
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';
import { ShelfwireError } from '#shared/protocol/errors.ts';

const CIPHER = 'aes-256-gcm';
const KEY_BYTES = 32;
const ID_BYTES = 8;
const IV_BYTES = 12;
const TAG_BYTES = 16;
const KEYS_MAX = 32;

/**
 * Seals what channels are entered with. The key is in a file beside the database, never in it: a copy of the database opens
 * nothing. The file has a key a line, base64; the first one seals, any of them opens. It is read anew each time, so a key that
 * is put in front counts at once, in every hub that sees the file.
 */
export class Vault {
  readonly #file: string;

  constructor(file: string) {
    this.#file = file;
  }

  /** What is sealed opens only under the same name. Makes the file when there is none. */
  seal(value: unknown, name: string): Buffer {
    const key = this.#keys({ create: true })[0];
    if (key === undefined) throw new Error('a file of keys without a key');
    const iv = randomBytes(IV_BYTES);
    const cipher = createCipheriv(CIPHER, key, iv, { authTagLength: TAG_BYTES }).setAAD(Buffer.from(name));
    const text = Buffer.concat([cipher.update(JSON.stringify(value), 'utf8'), cipher.final()]);
    return Buffer.concat([idOf(key), iv, cipher.getAuthTag(), text]);
  }

  /** Throws CHANNEL_KEY_MISSING. */
  open(sealed: Buffer, name: string): unknown {
    const key = this.#keys({ create: false }).find((one) => idOf(one).equals(sealed.subarray(0, ID_BYTES)));
    if (key === undefined) throw missing(`Credentials are sealed by a key that is not in ${this.#file}.`);
    const rest = sealed.subarray(ID_BYTES);
    const decipher = createDecipheriv(CIPHER, key, rest.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES });
    decipher.setAAD(Buffer.from(name)).setAuthTag(rest.subarray(IV_BYTES, IV_BYTES + TAG_BYTES));
    try {
      const text = Buffer.concat([decipher.update(rest.subarray(IV_BYTES + TAG_BYTES)), decipher.final()]);
      return JSON.parse(text.toString('utf8'));
    } catch (cause) {
      throw new ShelfwireError('CHANNEL_KEY_MISSING', 'Credentials were changed after they were sealed.', {
        cause,
        remedy: "Send the account's credentials again.",
      });
    }
  }

  /** Whether it is sealed by the key that seals now. */
  isCurrent(sealed: Buffer): boolean {
    const [first] = this.#keys({ create: false });
    return first !== undefined && idOf(first).equals(sealed.subarray(0, ID_BYTES));
  }

  #keys({ create }: { create: boolean }): Buffer[] {
    let text: string;
    try {
      text = readFileSync(this.#file, 'utf8');
    } catch (cause) {
      const isAbsent = (cause as NodeJS.ErrnoException).code === 'ENOENT';
      if (!isAbsent || !create) throw missing(`The file of keys ${this.#file} cannot be read.`, cause);
      createKeyFile(this.#file);
      text = readFileSync(this.#file, 'utf8');
    }
    const lines = text.split('\n').filter((line) => line.trim() !== '');
    const keys = lines.slice(0, KEYS_MAX).map((line) => Buffer.from(line.trim(), 'base64'));
    if (keys.length === 0 || keys.some((key) => key.length !== KEY_BYTES)) {
      throw missing(
        `The file ${this.#file} holds something else than keys of ${KEY_BYTES} bytes in base64, one a line.`,
      );
    }
    return keys;
  }
}

/** Whole and on disk before it has its name, and so before anything is sealed by it; of two hubs at once the first one's counts. */
function createKeyFile(file: string): void {
  const whole = `${file}.${randomUUID()}`;
  try {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(whole, `${randomBytes(KEY_BYTES).toString('base64')}\n`, { flag: 'wx', mode: 0o600, flush: true });
    linkSync(whole, file);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') {
      throw missing(`The file of keys ${file} cannot be made.`, error);
    }
  } finally {
    rmSync(whole, { force: true });
  }
}

/** Names a key without telling anything of it. */
function idOf(key: Buffer): Buffer {
  return hash('sha256', Buffer.concat([Buffer.from('shelfwire channel key'), key]), 'buffer').subarray(0, ID_BYTES);
}

function missing(detail: string, cause?: unknown): ShelfwireError {
  return new ShelfwireError('CHANNEL_KEY_MISSING', detail, { cause });
}

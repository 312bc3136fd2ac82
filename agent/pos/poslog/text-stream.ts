import { createReadStream } from 'node:fs';
import { TextDecoder } from 'node:util';
import { ShelfwireError } from '#shared/protocol/errors.ts';

const DECLARED = /^\s*<\?xml[^>]{0,200}?encoding\s*=\s*["']([\w.-]{1,40})["']/;

/** The text of an XML file piece by piece, in the encoding that it says it has. Throws POSLOG_FILE_INVALID. */
export async function* textOfXml(path: string): AsyncGenerator<string> {
  let decoder: TextDecoder | undefined;
  for await (const bytes of createReadStream(path, { highWaterMark: 64 * 1024 }) as AsyncIterable<Buffer>) {
    decoder ??= decoderOf(bytes);
    yield decode(decoder, bytes);
  }
  if (decoder !== undefined) yield decode(decoder);
}

function decode(decoder: TextDecoder, bytes?: Buffer): string {
  try {
    return bytes === undefined ? decoder.decode() : decoder.decode(bytes, { stream: true });
  } catch (cause) {
    throw new ShelfwireError('POSLOG_FILE_INVALID', `The file is not ${decoder.encoding} as it says it is.`, { cause });
  }
}

function decoderOf(beginning: Buffer): TextDecoder {
  const label = encodingOf(beginning);
  try {
    return new TextDecoder(label, { fatal: true });
  } catch (cause) {
    throw new ShelfwireError('POSLOG_FILE_INVALID', `The file's encoding "${label}" is not known.`, { cause });
  }
}

function encodingOf(beginning: Buffer): string {
  if (beginning[0] === 0xff && beginning[1] === 0xfe) return 'utf-16le';
  if (beginning[0] === 0xfe && beginning[1] === 0xff) return 'utf-16be';
  if (beginning[0] === 0x3c && beginning[1] === 0) return 'utf-16le';
  return DECLARED.exec(beginning.subarray(0, 300).toString('latin1'))?.[1] ?? 'utf-8';
}

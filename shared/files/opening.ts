import { open } from 'node:fs/promises';

/** So much of a rejected file is shown where people look for problems, bytes. */
const OPENING_BYTES = 4_096;

/** The beginning of a file as text; what is no UTF-8 is shown byte by byte. */
export async function openingOf(path: string): Promise<string> {
  const handle = await open(path);
  try {
    const { buffer, bytesRead } = await handle.read(Buffer.alloc(OPENING_BYTES), 0, OPENING_BYTES, 0);
    const bytes = buffer.subarray(0, bytesRead);
    try {
      return new TextDecoder('utf-8', { fatal: true }).decode(bytes, { stream: true });
    } catch {
      return bytes.toString('latin1');
    }
  } finally {
    await handle.close();
  }
}

import { readFile, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { join } from 'node:path';

/** The port of the last start when it is still free, else a free one, which is remembered. */
export async function choosePort(folder: string): Promise<number> {
  const file = join(folder, 'pg-port');
  const remembered = Number(await readFile(file, 'utf8').catch(() => ''));
  const usable = Number.isInteger(remembered) && remembered > 1023 && remembered < 65_536;
  if (usable && (await tryPort(remembered)) !== undefined) return remembered;
  const port = await tryPort(0);
  if (port === undefined) throw new Error('no free port on 127.0.0.1');
  await writeFile(file, `${port}\n`);
  return port;
}

/** Listens for a moment: the port that was bound (0 lets the system choose), undefined when it is taken. */
function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once('error', () => resolve(undefined));
    server.listen({ port, host: '127.0.0.1', exclusive: true }, () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' && address !== null ? address.port : undefined));
    });
  });
}

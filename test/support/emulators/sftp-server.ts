import { hash } from 'node:crypto';
import { once } from 'node:events';
import { mkdirSync } from 'node:fs';
import { link, lstat, mkdir, open, readdir, rm, stat, type FileHandle } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { join, normalize } from 'node:path';
import ssh2, { type Connection, type SFTPWrapper } from 'ssh2';

const { Server, utils } = ssh2;
const { STATUS_CODE, OPEN_MODE } = utils.sftp;

/** What happens to a request: the connection breaks before or after it has an effect, it fails, or nothing comes back. */
export type SftpFault = 'cut' | 'lost' | 'failed' | 'mute' | undefined;

/** An SFTP server on a real socket over a real folder: with its host key, passwords and keys, a rename that overwrites nothing. */
export class SftpEmulator {
  readonly root: string;
  readonly port: number;
  readonly hostKey: string;
  password = 'geheim';
  /** A private key that is let in. */
  readonly clientKey: string;
  faults: (request: string, path: string) => SftpFault = () => undefined;
  requests = 0;
  /** That clients have opened; none once the server has stopped. */
  openFiles = 0;
  readonly #server: InstanceType<typeof Server>;
  readonly #connections = new Set<Connection>();

  private constructor(root: string, server: InstanceType<typeof Server>, hostKey: string, clientKey: string) {
    this.root = root;
    this.#server = server;
    this.port = (server.address() as AddressInfo).port;
    this.hostKey = hostKey;
    this.clientKey = clientKey;
  }

  static async start(root: string): Promise<SftpEmulator> {
    mkdirSync(root, { recursive: true });
    const [host, client] = [keyPair(), keyPair()];
    let take: (connection: Connection) => void = (connection) => void connection.end();
    const server = new Server({ hostKeys: [host.private] }, (connection) => take(connection));
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    const parsed = utils.parseKey(host.public);
    if (parsed instanceof Error) throw parsed;
    const print = `SHA256:${hash('sha256', parsed.getPublicSSH(), 'base64').replace(/=+$/, '')}`;
    const emulator = new SftpEmulator(root, server, print, client.private);
    const allowed = utils.parseKey(client.public);
    if (allowed instanceof Error) throw allowed;
    take = (connection) => emulator.#serve(connection, allowed.getPublicSSH());
    return emulator;
  }

  /** Breaks every connection. */
  cut(): void {
    for (const connection of this.#connections) connection.end();
    this.#connections.clear();
  }

  async stop(): Promise<void> {
    this.cut();
    this.#server.close();
    await once(this.#server, 'close').catch(() => undefined);
  }

  #serve(connection: Connection, allowed: Buffer): void {
    this.#connections.add(connection);
    // Its types do not know it.
    (connection as Connection & { setNoDelay(on: boolean): void }).setNoDelay(true);
    connection.on('error', () => undefined);
    connection.on('close', () => this.#connections.delete(connection));
    connection.on('authentication', (asked) => {
      if (asked.method === 'password' && asked.password === this.password) return asked.accept();
      if (asked.method === 'publickey' && asked.key.data.equals(allowed)) return asked.accept();
      asked.reject(['password', 'publickey']);
    });
    connection.on('session', (accept) => {
      accept().on('sftp', (acceptSftp) => this.#answer(acceptSftp(), connection));
    });
  }

  #answer(sftp: SFTPWrapper, connection: Connection): void {
    const handles = new Map<number, { path: string; file?: FileHandle; listed?: boolean }>();
    let next = 0;
    let isOver = false;
    const close = async (file: FileHandle | undefined): Promise<void> => {
      if (file === undefined) return;
      await file.close();
      this.openFiles -= 1;
    };
    connection.on('close', () => {
      isOver = true;
      for (const { file } of handles.values()) void close(file);
      handles.clear();
    });
    const at = (path: string): string => join(this.root, normalize(`/${path}`));
    const handle = (id: number, made: { path: string; file?: FileHandle }): void => {
      const bytes = Buffer.alloc(4);
      bytes.writeUInt32BE((next += 1));
      handles.set(next, made);
      sftp.handle(id, bytes);
    };
    const of = (bytes: Buffer) => handles.get(bytes.readUInt32BE(0));
    const serve = (id: number, request: string, path: string, work: () => Promise<void>): void => {
      this.requests += 1;
      const fault = this.faults(request, path);
      if (fault === 'cut') return void connection.end();
      if (fault === 'failed') return sftp.status(id, STATUS_CODE.FAILURE, 'No space left on device');
      const answered = fault === 'lost' || fault === 'mute' ? silenced(sftp, work) : work();
      void answered.then(
        () => fault === 'lost' && connection.end(),
        (error: NodeJS.ErrnoException) => {
          const code = error.code === 'ENOENT' ? STATUS_CODE.NO_SUCH_FILE : STATUS_CODE.FAILURE;
          sftp.status(id, code, error.code ?? String(error));
        },
      );
    };
    sftp.on('OPEN', (id, path, flags) =>
      serve(id, 'open', path, async () => {
        const mode = flags & OPEN_MODE.WRITE ? (flags & OPEN_MODE.EXCL ? 'wx' : 'w') : 'r';
        const file = await open(at(path), mode);
        this.openFiles += 1;
        // The connection may have broken meanwhile: nobody would close it.
        if (isOver) return close(file);
        handle(id, { path, file });
      }),
    );
    sftp.on('WRITE', (id, bytes, offset, data) =>
      serve(id, 'write', of(bytes)?.path ?? '', async () => {
        await of(bytes)?.file?.write(data, 0, data.length, offset);
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('READ', (id, bytes, offset, length) =>
      serve(id, 'read', of(bytes)?.path ?? '', async () => {
        const buffer = Buffer.alloc(length);
        const read = await of(bytes)?.file?.read(buffer, 0, length, offset);
        if (read === undefined || read.bytesRead === 0) sftp.status(id, STATUS_CODE.EOF);
        else sftp.data(id, buffer.subarray(0, read.bytesRead));
      }),
    );
    sftp.on('CLOSE', (id, bytes) =>
      serve(id, 'close', of(bytes)?.path ?? '', async () => {
        const file = of(bytes)?.file;
        handles.delete(bytes.readUInt32BE(0));
        await close(file);
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('FSTAT', (id, bytes) =>
      serve(id, 'fstat', of(bytes)?.path ?? '', async () => sftp.attrs(id, await attrs(at(of(bytes)?.path ?? '')))),
    );
    const answerStat = (id: number, path: string): void =>
      serve(id, 'stat', path, async () => sftp.attrs(id, await attrs(at(path))));
    sftp.on('STAT', answerStat);
    sftp.on('LSTAT', answerStat);
    sftp.on('MKDIR', (id, path) =>
      serve(id, 'mkdir', path, async () => {
        await mkdir(at(path));
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('REMOVE', (id, path) =>
      serve(id, 'remove', path, async () => {
        await rm(at(path));
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('RENAME', (id, from, to) =>
      serve(id, 'rename', from, async () => {
        // As OpenSSH does: it fails when the target is there.
        await link(at(from), at(to));
        await rm(at(from));
        sftp.status(id, STATUS_CODE.OK);
      }),
    );
    sftp.on('OPENDIR', (id, path) =>
      serve(id, 'opendir', path, async () => {
        await stat(at(path));
        handle(id, { path });
      }),
    );
    sftp.on('READDIR', (id, bytes) =>
      serve(id, 'readdir', of(bytes)?.path ?? '', async () => {
        const opened = of(bytes);
        if (opened === undefined || opened.listed) {
          sftp.status(id, STATUS_CODE.EOF);
          return;
        }
        opened.listed = true;
        const names = await readdir(at(opened.path));
        const entries = names.map(async (filename) => ({
          filename,
          longname: filename,
          attrs: await attrs(join(at(opened.path), filename)),
        }));
        sftp.name(id, await Promise.all(entries));
      }),
    );
  }
}

/** Does the work, and lets no answer out. */
async function silenced(sftp: SFTPWrapper, work: () => Promise<void>): Promise<void> {
  // Its own methods are on its prototype, so what hides them can be taken away.
  Object.assign(sftp, { status: () => undefined, handle: () => undefined });
  try {
    await work();
  } finally {
    for (const name of ['status', 'handle'] as const) Reflect.deleteProperty(sftp, name);
  }
}

async function attrs(path: string) {
  const { mode, uid, gid, size, atimeMs, mtimeMs } = await lstat(path);
  return { mode, uid, gid, size, atime: Math.floor(atimeMs / 1_000), mtime: Math.floor(mtimeMs / 1_000) };
}

/** Now and then ssh2 makes a key that it cannot read itself. */
function keyPair(): ReturnType<typeof utils.generateKeyPairSync> {
  for (;;) {
    const pair = utils.generateKeyPairSync('ed25519');
    if (!(utils.parseKey(pair.private) instanceof Error)) return pair;
  }
}

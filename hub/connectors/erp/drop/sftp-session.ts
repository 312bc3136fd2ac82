import { hash } from 'node:crypto';
import { connect, isIP } from 'node:net';
import { Client, type SFTPWrapper } from 'ssh2';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { guardedLookup, isPublicAddress } from '#hub/outbox/target.ts';
import { ErpFailure } from '../connector.ts';

export interface SftpServer {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** `SHA256:` and the hash of its key, base64 without its end. */
  readonly hostKey: string;
  readonly credentials: {
    readonly password?: string | undefined;
    readonly privateKey?: string | undefined;
    readonly passphrase?: string | undefined;
  };
  readonly toPrivate: boolean;
  readonly timeoutMs: number;
  readonly clock: Clock;
}

/** Something that the server says of a request, or that ssh2 says of the connection. */
export interface SftpError extends Error {
  readonly code?: number | string;
  readonly level?: string;
}

type Work<Result> = (sftp: SFTPWrapper, done: (error: SftpError | null | undefined, result?: Result) => void) => void;

/** One connection to a server, made when it is needed and anew when it broke. */
export class SftpSession {
  readonly #server: SftpServer;
  readonly #prepare: (session: SftpSession) => Promise<void>;
  #open: Promise<{ client: Client; sftp: SFTPWrapper }> | undefined;
  #prepared: Promise<void> | undefined;
  /** That of the connection which counts. */
  #client: Client | undefined;

  /** `prepare` runs once for each connection, before anything else. */
  constructor(server: SftpServer, prepare: (session: SftpSession) => Promise<void>) {
    this.#server = server;
    this.#prepare = prepare;
  }

  /** Runs one request when the folders are there. Rejects with what the server says, or an ErpFailure. */
  async run<Result>(work: Work<Result>): Promise<Result> {
    this.#prepared ??= this.#prepare(this).catch((error: unknown) => {
      this.#prepared = undefined;
      throw error;
    });
    await this.#prepared;
    return this.ask(work);
  }

  /** As `run`, at once. */
  async ask<Result>(work: Work<Result>): Promise<Result> {
    const { clock, timeoutMs } = this.#server;
    const { client, sftp } = await this.#connected();
    return new Promise((resolve, reject) => {
      const end = (settle: () => void): void => {
        cancel();
        client.off('close', lost);
        settle();
      };
      const lost = (): void =>
        end(() => reject(new ErpFailure('ERP_UNREACHABLE', 'The connection to the SFTP server broke.')));
      const cancel = clock.after(timeoutMs, () => {
        end(() => reject(new ErpFailure('ERP_TIMEOUT', `The SFTP server did not answer within ${timeoutMs} ms.`)));
        // Whoever comes next is to have a new one at once.
        if (this.#client === client) this.#forget();
        client.destroy();
      });
      client.on('close', lost);
      try {
        work(sftp, (error, result) => end(() => (error ? reject(error) : resolve(result as Result))));
      } catch (error) {
        end(() => reject(error));
      }
    });
  }

  close(): void {
    void this.#open?.then(({ client }) => client.end()).catch(() => undefined);
    this.#forget();
  }

  #forget(): void {
    this.#client = undefined;
    this.#open = undefined;
    this.#prepared = undefined;
  }

  #connected(): Promise<{ client: Client; sftp: SFTPWrapper }> {
    this.#open ??= this.#connect().catch((error: unknown) => {
      this.#forget();
      throw error;
    });
    return this.#open;
  }

  #connect(): Promise<{ client: Client; sftp: SFTPWrapper }> {
    const { host, port, user, hostKey, credentials, toPrivate, timeoutMs } = this.#server;
    if (!toPrivate && isIP(host) !== 0 && !isPublicAddress(host))
      throw new ErpFailure('ERP_URL_FORBIDDEN', `${host} is not an address of the public network.`);
    return new Promise((resolve, reject) => {
      const client = new Client();
      this.#client = client;
      // Its own limit: how many a server may have is up to it.
      client.setMaxListeners(0);
      let seen = '';
      // Requests are small, and each waits for the one before: none is to wait for another to be sent with.
      const socket = connect({ host, port, noDelay: true, ...(!toPrivate && { lookup: guardedLookup }) });
      const fail = (error: SftpError): void => {
        reject(failureOf(error, seen === '' || seen === hostKey ? undefined : seen));
        client.destroy();
        socket.destroy();
      };
      client.on('error', fail);
      client.on('close', () => {
        if (this.#client === client) this.#forget();
        fail(new Error('the connection broke'));
      });
      client.on('ready', () =>
        client.sftp((error, sftp) => {
          if (error) return fail(error);
          resolve({ client, sftp });
        }),
      );
      socket.on('error', fail);
      try {
        client.connect({
          sock: socket,
          username: user,
          ...(credentials.password !== undefined && { password: credentials.password }),
          ...(credentials.privateKey !== undefined && { privateKey: credentials.privateKey }),
          ...(credentials.passphrase !== undefined && { passphrase: credentials.passphrase }),
          readyTimeout: timeoutMs,
          keepaliveInterval: 15_000,
          hostVerifier: (key: Buffer) => {
            seen = `SHA256:${hash('sha256', key, 'base64').replace(/=+$/, '')}`;
            return seen === hostKey;
          },
        });
      } catch (error) {
        // A private key that cannot be read; what ssh2 says of it names no part of it.
        fail(Object.assign(error as Error, { level: 'client-authentication' }));
      }
    });
  }
}

function failureOf(error: SftpError, otherKey: string | undefined): ErpFailure {
  const options = { cause: error };
  if (error instanceof ShelfwireError) return new ErpFailure('ERP_URL_FORBIDDEN', error.message, options);
  if (otherKey !== undefined)
    return new ErpFailure('ERP_UNAUTHORIZED', `The server's key is ${otherKey}, not the one of the settings.`, options);
  if (error.level === 'client-authentication')
    return new ErpFailure('ERP_UNAUTHORIZED', `The SFTP server lets us not in: ${error.message}.`, options);
  if (error.level === 'client-timeout')
    return new ErpFailure('ERP_TIMEOUT', 'The SFTP server did not let us in in time.', options);
  return new ErpFailure(
    'ERP_UNREACHABLE',
    `The SFTP server cannot be reached: ${error.code ?? error.message}.`,
    options,
  );
}

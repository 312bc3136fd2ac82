import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { createServer, type AddressInfo } from 'node:net';
import { once } from 'node:events';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { jetstreamManager } from '@nats-io/jetstream';
import { connect } from '@nats-io/transport-node';
import type { NatsOptions } from '#hub/connectors/event/nats/nats-options.ts';
import { NatsServer, type StoredMessage } from './emulators/nats-server.ts';
import { waitUntil } from './program.ts';

export const STREAM = 'EVENTS';

/** What a hub is told of a NATS at this address. */
export function natsAt(url: string, parts: Partial<NatsOptions> = {}): NatsOptions {
  return { servers: [url], credentials: undefined, stream: STREAM, prefix: 'shop', replicas: 1, ...parts };
}

/** A NATS with JetStream that can be stopped and started: what it has acknowledged is there again. */
export interface RunningNats {
  readonly port: number;
  stored(): Promise<readonly StoredMessage[]>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

/** The server that NATS_SERVER_BIN names, else the emulator. */
export async function startNats(password?: string): Promise<RunningNats> {
  const program = process.env['NATS_SERVER_BIN'];
  return program === undefined ? emulated(password) : real(program, password);
}

async function emulated(password?: string): Promise<RunningNats> {
  const secret = password === undefined ? {} : { password };
  let server = await NatsServer.start(secret);
  const { port } = server;
  return {
    port,
    stored: async () => server.stored(STREAM),
    async restart() {
      await server.stop();
      server = await NatsServer.start({ port, before: server, ...secret });
    },
    stop: () => server.stop(),
  };
}

async function real(program: string, password: string | undefined): Promise<RunningNats> {
  const folder = await mkdtemp(join(tmpdir(), 'shelfwire-nats-'));
  const port = await freePort();
  const config = join(folder, 'nats.conf');
  const access = password === undefined ? '' : `authorization { user: hub, password: "${password}" }\n`;
  await writeFile(
    config,
    `${access}listen: 127.0.0.1:${port}\njetstream { store_dir: "${folder}/js", max_file_store: 256MB }\n`,
  );
  const start = async () => {
    const child = spawn(program, ['-c', config], { stdio: 'ignore' });
    const opens = () => connect({ ...at(port, password), reconnect: false }).then((nc) => nc.close());
    await waitUntil('NATS answers', 10_000, () =>
      opens()
        .then(() => true)
        .catch(() => false),
    );
    return child;
  };
  const end = async (child: Awaited<ReturnType<typeof start>>) => {
    child.kill('SIGKILL');
    await once(child, 'exit');
  };
  let child = await start();
  return {
    port,
    stored: () => readStream(port, password),
    async restart() {
      await end(child);
      child = await start();
    },
    async stop() {
      await end(child);
      await rm(folder, { recursive: true, force: true });
    },
  };
}

const at = (port: number, pass: string | undefined) => ({
  servers: `127.0.0.1:${port}`,
  ...(pass !== undefined && { user: 'hub', pass }),
});

/** What a stream keeps, read by its numbers. */
async function readStream(port: number, password: string | undefined): Promise<StoredMessage[]> {
  const connection = await connect(at(port, password));
  try {
    const manager = await jetstreamManager(connection);
    const found = await manager.streams.info(STREAM).catch(() => undefined);
    const messages: StoredMessage[] = [];
    for (let seq = 1; seq <= (found?.state.last_seq ?? 0); seq += 1) {
      const message = await manager.streams.getMessage(STREAM, { seq });
      if (message === null) continue;
      const headers = Object.fromEntries(
        [...message.header].map(([name, [value = '']]) => [name.toLowerCase(), value]),
      );
      messages.push({ subject: message.subject, id: headers['nats-msg-id'], headers, text: message.string() });
    }
    return messages;
  } finally {
    await connection.close();
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

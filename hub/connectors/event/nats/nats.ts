import { jetstream, jetstreamManager, type JetStreamClient } from '@nats-io/jetstream';
import { connect, headers, type NatsConnection } from '@nats-io/transport-node';
import type { Message } from '#hub/outbox/begin-messages.ts';
import type { RetryRule } from '#hub/outbox/retries.ts';
import type { Delivered, EventConnector } from '../connector.ts';
import { writeMessage } from '../message-text.ts';
import { natsFailure } from './nats-failure.ts';
import { isSecure, readCredentials, type NatsOptions } from './nats-options.ts';
import { subjectFor } from './subject.ts';
import { prepareStream } from './stream.ts';

export interface NatsParts {
  readonly options: NatsOptions;
  /** For each answer of the server. */
  readonly timeoutMs?: number;
  readonly window?: number;
  readonly retries?: RetryRule;
}

const TIMEOUT_MS = 5_000;
const WINDOW = 100;
/** The waits are those of an outage, which counts no attempts; a message that the server does not take gets three. */
const RETRIES: RetryRule = { baseMs: 1_000, maxMs: 60_000, attempts: 3 };

interface Open {
  readonly connection: NatsConnection;
  readonly client: JetStreamClient;
}

/**
 * NATS JetStream. A window of messages is published at once and its acknowledgements are awaited together.
 *
 * - Taken is what the stream has acknowledged: it has it on disk.
 * - `Nats-Msg-Id` is the event's id: sent again within the stream's duplicate window it is kept once.
 * - In order per subject: of one subject a message follows when the one before is taken, and a connection is not mended but
 *   made anew, so nothing that was given up is sent later from a buffer.
 */
export function createNats({
  options,
  timeoutMs = TIMEOUT_MS,
  window = WINDOW,
  retries = RETRIES,
}: NatsParts): EventConnector {
  let opened: Open | undefined;

  async function open(): Promise<Open> {
    if (opened !== undefined && !opened.connection.isClosed()) return opened;
    const { servers, credentials } = options;
    const connection = await connect({
      servers: [...servers],
      name: 'shelfwire-hub',
      reconnect: false,
      timeout: timeoutMs,
      pingInterval: 20_000,
      maxPingOut: 2,
      noAsyncTraces: true,
      ...(credentials !== undefined && { authenticator: readCredentials(credentials) }),
      ...(isSecure(options) && { tls: {} }),
    });
    try {
      await prepareStream(await jetstreamManager(connection, { timeout: timeoutMs }), options);
    } catch (error) {
      await connection.close();
      throw error;
    }
    opened = { connection, client: jetstream(connection, { timeout: timeoutMs }) };
    return opened;
  }

  async function shut(): Promise<void> {
    const { connection } = opened ?? {};
    opened = undefined;
    await connection?.close();
  }

  async function publish({ client }: Open, message: Message): Promise<Delivered> {
    const { contentType, body } = writeMessage(message);
    const sent = headers();
    sent.set('content-type', contentType);
    try {
      await client.publish(subjectFor(options.prefix, message), body, { msgID: message.id, headers: sent });
      return undefined;
    } catch (error) {
      return natsFailure(error);
    }
  }

  return {
    kind: 'nats',
    window,
    retries,
    async deliver(messages, signal) {
      const stop = (): void => void shut();
      signal.addEventListener('abort', stop, { once: true });
      try {
        const to = await open();
        const answers = await Promise.all(messages.map((message) => publish(to, message)));
        if (answers.some((answer) => answer?.receiver === 'down')) await shut();
        return answers;
      } catch (error) {
        const failure = natsFailure(error);
        return messages.map(() => failure);
      } finally {
        signal.removeEventListener('abort', stop);
      }
    },
    stop: shut,
  };
}

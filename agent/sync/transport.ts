import { io, type Socket } from 'socket.io-client';
import { z } from 'zod';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import { NAMESPACE, type AgentEvents, type Answer, type HubEvents } from '#shared/protocol/events.ts';
import { changed } from '#shared/protocol/messages/changed.ts';
import { challenge, welcome } from '#shared/protocol/messages/hello.ts';
import { pullAnswer, type PullAnswer } from '#shared/protocol/messages/pull.ts';
import { pushAnswer } from '#shared/protocol/messages/push.ts';
import { coming, otherStock } from '#shared/protocol/messages/questions.ts';
import { revoked } from '#shared/protocol/messages/revoked.ts';
import { viewWanted } from '#shared/protocol/messages/view.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Connection, Link, LinkEvents } from './link.ts';

const refusal = z.object({
  ok: z.literal(false),
  error: z.object({
    code: z.string().max(64),
    detail: z.string().max(10_000),
    retryAfterMs: z.number().min(0).max(3_600_000).optional(),
  }),
});

type Granted<T> = z.ZodType<{ ok: true; value: T }>;

// Made once: zod compiles a schema when it is first used, which takes as long as a hundred uses.
const welcomed = z.object({ ok: z.literal(true), value: welcome });
const pushed = z.object({ ok: z.literal(true), value: pushAnswer });
const pulled = z.object({ ok: z.literal(true), value: pullAnswer });
const stockTold = z.object({ ok: z.literal(true), value: otherStock });
const comingTold = z.object({ ok: z.literal(true), value: coming });
const reported = z.object({ ok: z.literal(true), value: z.record(z.string(), z.never()) });

type HubSocket = Socket<HubEvents, AgentEvents>;

/** The way to a hub over socket.io: WebSocket only, no reconnection of its own, everything that comes is validated. */
export function socketLink(options: { hubUrl: string; logger: Logger }): Link {
  return {
    open(events) {
      const socket: HubSocket = io(new URL(NAMESPACE, options.hubUrl).href, {
        transports: ['websocket'],
        reconnection: false,
        forceNew: true,
        autoConnect: false,
        timeout: 10_000,
      });
      listen(socket, events, options.logger);
      socket.connect();
      return connectionOf(socket);
    },
  };
}

function listen(socket: HubSocket, events: LinkEvents, logger: Logger): void {
  // What the hub says is of its version, not of ours: it is looked at before it is believed.
  const hear =
    <T>(name: string, schema: z.ZodType<T>, take: (message: T) => void) =>
    (message: unknown) => {
      const parsed = schema.safeParse(message);
      if (parsed.success) take(parsed.data);
      else
        logger.warn(
          { event: name, issues: parsed.error.issues.slice(0, 3) },
          'the hub said something that makes no sense',
        );
    };
  socket.on(
    'challenge',
    hear('challenge', challenge, (message) => events.challenged(message)),
  );
  socket.on(
    'changed',
    hear('changed', changed, ({ collection }) => events.changed(collection)),
  );
  socket.on(
    'revoked',
    hear('revoked', revoked, ({ reason }) => events.revoked(reason)),
  );
  socket.on(
    'viewWanted',
    hear('viewWanted', viewWanted, ({ request }) => events.viewWanted(request)),
  );
  socket.on('connect_error', (error) => events.closed(reasonOf(error)));
  socket.on('disconnect', (reason) => events.closed(reason));
}

function connectionOf(socket: HubSocket): Connection {
  return {
    hello: (message) => ask(welcomed, (reply) => socket.emit('hello', message, reply)),
    push: (message) => ask(pushed, (reply) => socket.emit('push', message, reply)),
    pull: (message) => ask<PullAnswer>(pulled, (reply) => socket.emit('pull', message, reply)),
    status: (message) => ask(reported, (reply) => socket.emit('status', message, reply)),
    view: (message) => ask(reported, (reply) => socket.emit('view', message, reply)),
    otherStock: (message) => ask(stockTold, (reply) => socket.emit('otherStock', message, reply)),
    coming: (message) => ask(comingTold, (reply) => socket.emit('coming', message, reply)),
    close() {
      socket.removeAllListeners();
      socket.disconnect();
    },
  };
}

function ask<T>(schema: Granted<T>, emit: (reply: (answer: Answer<T>) => void) => void): Promise<Answer<T>> {
  return new Promise((resolve) => {
    emit((answer: unknown) => resolve(readAnswer(schema, answer)));
  });
}

function readAnswer<T>(schema: Granted<T>, answer: unknown): Answer<T> {
  const granted = schema.safeParse(answer);
  if (granted.success) return granted.data;
  const refused = refusal.safeParse(answer);
  if (refused.success) {
    const { code: named, detail, retryAfterMs } = refused.data.error;
    // A newer hub may have codes that this agent has no word for.
    const code: ErrorCode = Object.hasOwn(ERRORS, named) ? (named as ErrorCode) : 'INTERNAL';
    const { remedy } = ERRORS[code];
    return { ok: false, error: { code, detail, remedy, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
  }
  const detail = `The hub's answer makes no sense: ${granted.error.issues[0]?.message ?? ''}`;
  return { ok: false, error: { code: 'INTERNAL', detail, remedy: ERRORS.INTERNAL.remedy } };
}

/** engine.io hides why a connection failed in `description`. */
function reasonOf(error: Error & { description?: unknown }): string {
  const { description } = error;
  const inner =
    typeof description === 'object' && description !== null && 'message' in description ? description.message : '';
  return inner ? `${error.message}: ${JSON.stringify(inner)}` : error.message;
}

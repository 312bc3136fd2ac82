import { randomBytes } from 'node:crypto';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { Server, type Socket } from 'socket.io';
import { digestOf } from '#shared/protocol/content.ts';
import { NAMESPACE, type AgentEvents, type Answer, type HubEvents } from '#shared/protocol/events.ts';
import { toWireError, ShelfwireError, type ErrorCode } from '#shared/protocol/errors.ts';
import { decodeFrame } from '#shared/protocol/frame.ts';
import { factsDigest, type Hello, type Welcome } from '#shared/protocol/messages/hello.ts';
import type { Collection, Documents, Pull, PullAnswer } from '#shared/protocol/messages/pull.ts';
import type { Push } from '#shared/protocol/messages/push.ts';
import type { StatusReport } from '#shared/protocol/messages/status.ts';
import { adjustmentDraft } from './facts.ts';

type HubSocket = Socket<AgentEvents, HubEvents>;

const { kind, body } = adjustmentDraft('any');
const USUAL = digestOf(kind, JSON.stringify(body));

/** The other end of the wire, as small as can be, over a real socket: for tests of the agent alone. */
export class MiniHub {
  readonly url: string;
  /** Keys by seq, of each epoch. */
  readonly journals = new Map<number, string[]>();
  /** Digests of contents by key; of others that of `adjustmentDraft`. */
  readonly contents = new Map<string, string>();
  readonly documents: { [Name in Collection]: Documents[Name][] } = {
    products: [],
    positions: [],
    storeConfig: [],
    tasks: [],
  };
  readonly hellos: Hello[] = [];
  readonly frames: { fromSeq: number; count: number; bytes: number }[] = [];
  readonly reports: StatusReport[] = [];
  readonly pulls: Pull[] = [];
  /** Pushes that got no answer. */
  unanswered = 0;
  /** Knobs: what a push gets instead of an answer, what time it is, what the range of protocols is. */
  pushes: 'answer' | 'silence' | { code: ErrorCode; retryAfterMs?: number } = 'answer';
  hello: 'answer' | { code: ErrorCode } = 'answer';
  now = (): number => Date.now();
  /** Seqs that were duplicates: their keys are not known. */
  readonly duplicates = new Set<number>();
  /** Keys that are set aside, with the reason. */
  readonly setAside = new Map<string, string>();
  protocol = { oldest: 1, current: 2 };
  factsPerPage = 1_000;
  readonly credit = 3;
  readonly #io: Server<AgentEvents, HubEvents>;
  readonly #close: () => Promise<void>;

  private constructor(url: string, io: Server<AgentEvents, HubEvents>, close: () => Promise<void>) {
    this.url = url;
    this.#io = io;
    this.#close = close;
  }

  static async start(port = 0): Promise<MiniHub> {
    const http = createServer();
    const io = new Server<AgentEvents, HubEvents>(http, { transports: ['websocket'], maxHttpBufferSize: 1e6 });
    await new Promise<void>((resolve) => {
      http.listen(port, '127.0.0.1', resolve);
    });
    const hub = new MiniHub(`http://127.0.0.1:${(http.address() as AddressInfo).port}`, io, () => io.close());
    io.of(NAMESPACE).on('connection', (socket) => hub.#serve(socket as HubSocket));
    return hub;
  }

  watermark(epoch: number): number {
    return this.journals.get(epoch)?.length ?? 0;
  }

  changed(collection: Collection): void {
    this.#io.of(NAMESPACE).emit('changed', { collection });
  }

  revoke(): void {
    this.#io.of(NAMESPACE).emit('revoked', { reason: 'the till was stolen' });
  }

  cut(): void {
    this.#io.of(NAMESPACE).disconnectSockets(true);
  }

  close(): Promise<void> {
    return this.#close();
  }

  #serve(socket: HubSocket): void {
    socket.on('hello', (message, reply) => {
      this.hellos.push(message);
      if (this.hello === 'answer') reply({ ok: true, value: this.#welcome(message) });
      else reply(refusal(this.hello.code));
    });
    socket.on('push', (message, reply) => {
      if (this.pushes === 'answer') reply({ ok: true, value: this.#take(message) });
      else if (this.pushes === 'silence') this.unanswered++;
      else reply(refusal(this.pushes.code, this.pushes.retryAfterMs));
    });
    socket.on('pull', (message, reply) => {
      this.pulls.push(message);
      reply({ ok: true, value: this.#page(message) });
    });
    socket.on('status', (message, reply) => {
      this.reports.push(message);
      reply({ ok: true, value: {} });
    });
    socket.emit('challenge', { nonce: randomBytes(32).toString('base64url'), protocol: this.protocol });
  }

  #welcome({ epoch, ackedSeq, earlier = [] }: Hello): Welcome {
    if (!this.journals.has(epoch)) this.journals.set(epoch, []);
    const journal = [...this.journals.keys()].indexOf(epoch) + 1;
    return {
      protocol: 2,
      journal,
      watermark: this.watermark(epoch),
      held: this.#held(epoch, ackedSeq ?? 0),
      earlier: earlier.map((one) => ({ epoch: one, watermark: this.watermark(one) })),
      hubNow: this.now(),
      credit: this.credit,
      store: { code: 'S1', name: 'One' },
    };
  }

  #held(epoch: number, ackedSeq: number): Welcome['held'] {
    const beyond = (this.journals.get(epoch) ?? []).map((key, place) => ({ seq: place + 1, key })).slice(ackedSeq);
    const known = beyond.filter(({ seq }) => !this.duplicates.has(seq));
    const without = beyond.flatMap(({ seq }) => (this.duplicates.has(seq) ? [seq] : []));
    return { digest: factsDigest(known.map(({ key }) => ({ key, digest: this.contents.get(key) ?? USUAL }))), without };
  }

  #take({ epoch, fromSeq, count, encoding, frame }: Push) {
    const journal = this.journals.get(epoch) ?? [];
    this.frames.push({ fromSeq, count, bytes: frame.byteLength });
    const facts = decodeFrame(frame, encoding, fromSeq, count);
    if (fromSeq <= journal.length + 1) {
      for (const fact of facts) {
        if (fact.seq !== journal.length + 1) continue;
        journal.push(String(fact.key));
        if (fact.ok) this.contents.set(fact.key, fact.digest);
      }
    }
    const quarantined = facts.flatMap(({ seq, key }) => {
      const code = this.setAside.get(String(key));
      return code === undefined ? [] : [{ seq, code }];
    });
    return { ackedSeq: journal.length, duplicates: 0, quarantined, credit: this.credit, backOffMs: 0 };
  }

  /** Everything after the row that the checkpoint names, a few at a time. */
  #page({ collection, checkpoint, limit }: Pull): PullAnswer {
    const from = Number(checkpoint?.position ?? 0);
    const to = Math.min(this.documents[collection].length, from + Math.min(limit, this.factsPerPage));
    const documents = this.documents[collection].slice(from, to);
    const complete = to === this.documents[collection].length;
    return {
      collection,
      documents,
      complete,
      checkpoint: { generation: 'g', position: String(to), after: null, scanning: false },
    };
  }
}

function refusal(code: ErrorCode, retryAfterMs?: number): Answer<never> {
  const error = toWireError(new ShelfwireError(code, 'the test says so'));
  return { ok: false, error: { ...error, ...(retryAfterMs === undefined ? {} : { retryAfterMs }) } };
}

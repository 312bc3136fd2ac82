import type { z } from 'zod';
import { describeIssues } from '#shared/protocol/content.ts';
import { ShelfwireError, toWireError, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Answer } from '#shared/protocol/events.ts';
import { hello as helloSchema, type Welcome } from '#shared/protocol/messages/hello.ts';
import { pull as pullSchema, type PullAnswer } from '#shared/protocol/messages/pull.ts';
import { push as pushSchema, type PushAnswer } from '#shared/protocol/messages/push.ts';
import { comingAsked, otherStockAsked, type Coming, type OtherStock } from '#shared/protocol/messages/questions.ts';
import { statusReport as statusSchema } from '#shared/protocol/messages/status.ts';
import { view as viewSchema } from '#shared/protocol/messages/view.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import { TokenBucket, type RateRule } from '#shared/runtime/token-bucket.ts';
import type { Admission } from './admission.ts';
import type { Devices } from './devices.ts';
import type { TakenTasks } from '#hub/orders/tasks/mark-taken.ts';
import type { Feed } from './feed.ts';
import { acceptHello, openChallenge, type DeviceVerifier } from './handshake.ts';
import type { Intake, PushScope } from './intake.ts';
import type { Questions } from './questions.ts';
import type { DeviceStatus } from './status.ts';
import type { Views } from './views.ts';

/** What a session may see and change. Made from the device's credential alone (S4). */
export interface Scope extends PushScope {
  readonly device: number;
  readonly store: { readonly code: string; readonly name: string };
}

/** What sessions share. */
export interface SessionPorts {
  readonly devices: Pick<Devices, 'find' | 'openJournal' | 'watermarks'>;
  readonly verifier: DeviceVerifier;
  readonly admission: Admission;
  readonly intake: Intake;
  readonly feed: Pick<Feed, 'pull'>;
  readonly status: Pick<DeviceStatus, 'note'>;
  readonly takenTasks: Pick<TakenTasks, 'note'>;
  readonly views: Pick<Views, 'take'>;
  readonly questions: Pick<Questions, 'otherStock' | 'coming'>;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** What a session asks of its connection. */
export interface Connection {
  /** The session has a scope now; it replaces an older one of its device. */
  greeted(scope: Scope): void;
  /** Ends the connection after what was answered has been sent. */
  close(): void;
}

/** Requests of one connection under way at once: two windows (the credit) and all pulls; more is no agent of ours. */
const UNDER_WAY_MAX = 96;
/** Questions of a store's people: as fast as they scan, and no faster than the database likes. */
const QUESTIONS: RateRule = { perSecond: 2, burst: 30 };
const STRIKES_MAX = 20;
const STRIKES = new Set<ErrorCode>(['REQUEST_INVALID', 'HELLO_REQUIRED', 'NONCE_REPLAYED']);

/** One connection's conversation, without its socket: every request gets an answer or a coded error (X2). */
export class Session {
  readonly challenge = openChallenge();
  readonly #ports: SessionPorts;
  readonly #connection: Connection;
  readonly #asking: TokenBucket;
  #scope: Scope | undefined;
  #underWay = 0;
  #strikes = 0;

  constructor(ports: SessionPorts, connection: Connection) {
    this.#ports = ports;
    this.#connection = connection;
    this.#asking = new TokenBucket(QUESTIONS, ports.clock);
  }

  /** Undefined before the hello. */
  get scope(): Scope | undefined {
    return this.#scope;
  }

  /** Never rejects. */
  async answer(event: string, message: unknown): Promise<Answer<unknown>> {
    if (this.#underWay >= UNDER_WAY_MAX) {
      const error = new ShelfwireError('HUB_BUSY', `${UNDER_WAY_MAX} requests of this connection are under way.`, {
        context: { retryAfterMs: 500 },
      });
      return this.#refusal(event, error);
    }
    this.#underWay += 1;
    try {
      return { ok: true, value: await this.#handle(event, message) };
    } catch (error) {
      return this.#refusal(event, error);
    } finally {
      this.#underWay -= 1;
    }
  }

  #handle(event: string, message: unknown): Promise<unknown> {
    switch (event) {
      case 'hello':
        return this.#hello(message);
      case 'push':
        return this.#push(message);
      case 'pull':
        return this.#pull(message);
      case 'status':
        return this.#report(message);
      case 'view':
        return this.#takeView(message);
      case 'otherStock':
        return this.#otherStock(message);
      case 'coming':
        return this.#coming(message);
      default:
        throw new ShelfwireError('REQUEST_INVALID', `There is no event "${event.slice(0, 32)}".`);
    }
  }

  async #hello(message: unknown): Promise<Welcome> {
    const { clock, devices, verifier, admission, intake, status } = this.#ports;
    const heardAt = clock.now();
    verifyProtocol(message);
    const hello = parse(helloSchema, message);
    const protocol = acceptHello(this.challenge, hello);
    const { device, location, store } = verifier.verify(this.challenge.nonce, hello, await devices.find(hello.device));
    // After the proof, which is cheap: strangers must not take the places of stores.
    const retryAfterMs = admission.admit();
    if (retryAfterMs > 0) {
      throw new ShelfwireError('HUB_BUSY', 'Many stores come back at once.', { context: { retryAfterMs } });
    }
    const { journal, watermark, held } = await devices.openJournal(
      device,
      hello.epoch,
      hello.ackedSeq ?? Number.MAX_SAFE_INTEGER,
    );
    const earlier = await devices.watermarks(device, hello.earlier ?? []);
    const backlogEndSeq = watermark + hello.backlog;
    this.#scope = { device, location, store, journal, epoch: hello.epoch, protocol, backlogEndSeq };
    this.#connection.greeted(this.#scope);
    const { agentVersion, backlog } = hello;
    this.#note(status.note(device, { kind: 'connected', at: clock.now(), agentVersion, protocol, backlog }));
    // The middle of our part of the round trip: so the agent's measure of its clock does not depend on our load.
    const hubNow = Math.round((heardAt + clock.now()) / 2);
    return { protocol, journal, watermark, held, earlier, hubNow, credit: intake.credit, store };
  }

  async #push(message: unknown): Promise<PushAnswer> {
    const scope = this.#greeted();
    return this.#ports.intake.push(scope, parse(pushSchema, message));
  }

  async #pull(message: unknown): Promise<PullAnswer> {
    const { location, journal } = this.#greeted();
    const pull = parse(pullSchema, message);
    const answer = await this.#ports.feed.pull({ location, journal }, pull);
    if (pull.collection === 'tasks') {
      const { logger, takenTasks } = this.#ports;
      // It is said again with the next pull.
      takenTasks.note(location, pull.checkpoint).catch((error: unknown) => {
        logger.warn({ err: error }, 'which tasks a store has was not saved');
      });
    }
    return answer;
  }

  async #report(message: unknown): Promise<Record<string, never>> {
    const { device } = this.#greeted();
    const report = parse(statusSchema, message);
    await this.#ports.status.note(device, { kind: 'reported', at: this.#ports.clock.now(), report });
    return {};
  }

  async #takeView(message: unknown): Promise<Record<string, never>> {
    await this.#ports.views.take(this.#greeted(), parse(viewSchema, message));
    return {};
  }

  async #otherStock(message: unknown): Promise<OtherStock> {
    const scope = this.#mayAsk();
    return this.#ports.questions.otherStock(scope, parse(otherStockAsked, message).sku);
  }

  async #coming(message: unknown): Promise<Coming> {
    const scope = this.#mayAsk();
    parse(comingAsked, message);
    return this.#ports.questions.coming(scope);
  }

  /** Each costs the database a statement or two: no more than people can ask. */
  #mayAsk(): Scope {
    const scope = this.#greeted();
    const retryAfterMs = this.#asking.take();
    if (retryAfterMs === 0) return scope;
    throw new ShelfwireError('RATE_LIMITED', 'This store asks too much at once.', { context: { retryAfterMs } });
  }

  #greeted(): Scope {
    if (!this.#scope) throw new ShelfwireError('HELLO_REQUIRED', 'This connection has not said who it is.');
    return this.#scope;
  }

  #refusal(event: string, error: unknown): Answer<never> {
    const wire = toWireError(error);
    const { logger } = this.#ports;
    const device = this.#scope?.device;
    if (wire.code === 'INTERNAL') logger.error({ err: error, event, device }, 'a request of a store failed');
    else logger.debug({ code: wire.code, detail: wire.detail, event, device }, 'a request of a store was refused');
    if (STRIKES.has(wire.code)) this.#strikes += 1;
    if (this.#isOfNoUse(event, wire.code) || this.#strikes >= STRIKES_MAX) this.#connection.close();
    const retryAfterMs = error instanceof ShelfwireError ? error.context['retryAfterMs'] : undefined;
    return { ok: false, error: typeof retryAfterMs === 'number' ? { ...wire, retryAfterMs } : wire };
  }

  /** The challenge is spent and nobody was greeted: only a new connection helps. */
  #isOfNoUse(event: string, code: ErrorCode): boolean {
    if (event !== 'hello' || this.#scope || code === 'NONCE_REPLAYED') return false;
    return this.challenge.answered || code === 'PROTOCOL_TOO_NEW';
  }

  #note(saved: Promise<void>): void {
    saved.catch((error: unknown) => this.#ports.logger.warn({ err: error }, 'a device status was not saved'));
  }
}

/** Before the schema: a later version may say hello in another shape and must learn that it is too new. */
function verifyProtocol(message: unknown): void {
  const protocol =
    typeof message === 'object' && message !== null && 'protocol' in message ? message.protocol : undefined;
  if (typeof protocol !== 'number' || !Number.isInteger(protocol) || protocol <= PROTOCOL.current) return;
  throw new ShelfwireError('PROTOCOL_TOO_NEW', `This hub serves protocols ${PROTOCOL.oldest} to ${PROTOCOL.current}.`);
}

function parse<Schema extends z.ZodType>(schema: Schema, message: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(message);
  if (!parsed.success) throw new ShelfwireError('REQUEST_INVALID', describeIssues(parsed.error));
  return parsed.data;
}

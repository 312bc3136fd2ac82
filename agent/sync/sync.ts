import { auditTime, Subject, switchMap, type Observable } from 'rxjs';
import { lastContact } from '#agent/store/device.ts';
import type { Store } from '#agent/store/store.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import type { Challenge, Hello, Welcome } from '#shared/protocol/messages/hello.ts';
import { COLLECTIONS, type Collection } from '#shared/protocol/messages/pull.ts';
import type { PushAnswer } from '#shared/protocol/messages/push.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Random } from '#shared/runtime/random.ts';
import { ContactLog } from './contact-log.ts';
import type { DeviceKey } from './device-key.ts';
import { startDownstream, type Downstream, type PullSource } from './downstream.ts';
import { FirstPull } from './first-pull.ts';
import { HubContact } from './hub-contact.ts';
import { HubQuestions } from './hub-questions.ts';
import { HubSession } from './hub-session.ts';
import { JournalStory } from './journal-story.ts';
import type { Connection, Link } from './link.ts';
import { PullGate } from './pull-gate.ts';
import { shownProblem } from './session.ts';
import { keepSetAside } from './set-aside.ts';
import type { SyncStatus } from './sync-status.ts';
import { socketLink } from './transport.ts';
import { Uplink } from './uplink.ts';
import { ViewAnswers, type OwnView } from './view-answers.ts';

const REPORT_EVERY_MS = 30_000;
/** Numbers of a draining store change hundreds of times a second; nobody looks that often. */
const STATUS_EVERY_MS = 250;
/** Unsent facts from which on a store drains a backlog rather than sells. */
const DRAINING_FACTS = 1_000;
/** After a disk has refused to move facts of an earlier epoch. */
const MOVE_AGAIN_MS = 60_000;

/** What syncing needs of the store; the simulation gives its own. */
export interface SyncStore {
  readonly journal: Pick<
    Store['journal'],
    'epoch' | 'lastSeq' | 'prunedSeq' | 'read' | 'onAppended' | 'beginEpoch' | 'earlierEpochs' | 'moveUp'
  >;
  readonly hybridClock: Pick<Store['hybridClock'], 'offsetMs' | 'measured'>;
  readonly device: Pick<Store['device'], 'state' | 'marks' | 'mark' | 'update'>;
  readonly quarantine: Pick<Store['quarantine'], 'count' | 'keep'>;
  readonly db: Pick<Store['db'], Collection>;
  readonly stockView: OwnView;
  saveMarks(): Promise<void>;
}

export interface SyncOptions {
  readonly store: SyncStore;
  readonly hubUrl: string;
  readonly deviceKey: DeviceKey;
  readonly clock: Clock;
  readonly random: Random;
  readonly logger: Logger;
  readonly agentVersion: string;
  /** Default: socket.io to `hubUrl`. */
  readonly link?: Link;
  /** Default: RxDB replication into the store's collections. */
  readonly downstream?: (source: PullSource) => Downstream;
}

export interface Sync {
  readonly name: 'sync';
  /** What only the hub knows, asked while there is a connection. */
  readonly questions: HubQuestions;
  status(): Promise<SyncStatus>;
  /** The status after each change, at most four times a second. */
  readonly status$: Observable<SyncStatus>;
  /** Ends the connection and saves where it stood. Idempotent. */
  stop(): Promise<void>;
}

/** Starts to send the store's facts up and to keep the hub's documents here. Throws NOT_ENROLLED. */
export function startSync(options: SyncOptions): Sync {
  return new StoreSync(options);
}

class StoreSync implements Sync {
  readonly name = 'sync';
  readonly questions: HubQuestions;
  readonly #options: SyncOptions;
  readonly #device: number;
  readonly #gate: PullGate;
  readonly #downstream: Downstream;
  readonly #uplink: Uplink;
  readonly #session: HubSession;
  readonly #contactLog: ContactLog;
  readonly #contact: HubContact;
  readonly #changes = new Subject<void>();
  readonly #endListening: () => void;
  readonly #story: JournalStory;
  readonly #views: ViewAnswers;
  readonly #firstPull: FirstPull;
  #onlineSince: number;
  #connection: Connection | null = null;
  /** The last fact that was there when the connection was made. */
  #cameBackWithSeq = 0;
  #cancelReport: (() => void) | null = null;
  #cancelMove: (() => void) | null = null;
  #stopping: Promise<void> | undefined;

  constructor(options: SyncOptions) {
    const { store, clock, random, logger } = options;
    const { identity } = store.device.state;
    if (!identity) throw new ShelfwireError('NOT_ENROLLED', 'This store has not been enrolled at a hub.');
    this.#options = options;
    this.#device = identity.device;
    this.#onlineSince = clock.now();
    this.#contactLog = new ContactLog(logger, options.hubUrl);
    this.#contact = new HubContact(clock, lastContact(store.device.marks), (contactAt) =>
      store.device.mark({ contactAt }),
    );
    this.#story = new JournalStory({ journal: store.journal, device: store.device, logger });
    this.#views = new ViewAnswers({ view: store.stockView, journal: store.journal, clock, logger });
    this.questions = new HubQuestions(clock);
    this.#firstPull = new FirstPull({
      isKnown: () => store.device.marks.pulledAt !== null,
      mark: () => store.device.mark({ pulledAt: Math.round(clock.now()) }),
      pullAgain: () => this.#downstream.resync('positions'),
    });
    this.#gate = new PullGate(clock, () => this.#isDraining());
    this.#downstream = (options.downstream ?? this.#rxdbDownstream)(this.#gate);
    this.#uplink = new Uplink({
      journal: store.journal,
      clock,
      logger,
      ackedSeq: store.device.marks.ackedSeq,
      onAcked: (ackedSeq) => {
        store.device.mark({ ackedSeq, lastAckAt: Math.round(clock.now()) });
        if (!this.#isDraining()) this.#gate.drained();
        this.#firstPull.acked(ackedSeq);
        this.#changes.next();
      },
      onSetAside: (epoch, facts) => void this.#setAside(epoch, facts),
      onDrop: (code, detail) => this.#session.dispatch({ type: 'failed', code, detail }),
    });
    this.#session = new HubSession({
      link: options.link ?? socketLink({ hubUrl: options.hubUrl, logger }),
      clock,
      random,
      logger,
      hello: (challenge) => this.#hello(challenge),
      welcomed: (welcome, epoch, offsetMs) => this.#welcomed(welcome, epoch, offsetMs),
      online: (connection, welcome) => this.#online(connection, welcome),
      offline: () => this.#offline(),
      changed: (collection) => this.#downstream.resync(collection),
      viewWanted: (request) => void this.#views.wanted(request),
      phaseChanged: (state) => {
        this.#contactLog.phase(state);
        if (state.phase === 'online') this.#onlineSince = clock.now();
        this.#changes.next();
      },
    });
    this.#endListening = store.journal.onAppended(() => this.#changes.next());
    this.#session.dispatch({ type: 'start' });
    this.#scheduleReport();
  }

  get status$(): Observable<SyncStatus> {
    return this.#changes.pipe(
      auditTime(STATUS_EVERY_MS),
      switchMap(() => this.status()),
    );
  }

  async status(): Promise<SyncStatus> {
    const { store } = this.#options;
    const { state } = this.#session;
    const stuck = this.#uplink.problem;
    return {
      phase: state.phase,
      since: state.phase === 'online' ? this.#onlineSince : this.#contact.lastAt,
      lastAckAt: store.device.marks.lastAckAt,
      ackedSeq: this.#uplink.ackedSeq,
      backlog: this.#backlog(),
      oldestUnsentAt: await this.#oldestUnsentAt(),
      clockOffsetMs: store.hybridClock.offsetMs,
      lastError: shownProblem(state) ?? (this.#backlog() > 0 ? stuck : null),
      store: store.device.state.identity?.store ?? null,
    };
  }

  stop(): Promise<void> {
    this.#stopping ??= this.#stop();
    return this.#stopping;
  }

  async #stop(): Promise<void> {
    this.#cancelReport?.();
    this.#endListening();
    this.#session.dispatch({ type: 'stop' });
    this.#uplink.close();
    this.#gate.stop();
    await this.#downstream.stop();
    await this.#options.store.saveMarks();
    this.#changes.complete();
  }

  async #hello({ nonce }: Challenge): Promise<Hello> {
    const { deviceKey, store, agentVersion } = this.#options;
    const earlier = await store.journal.earlierEpochs();
    const { epoch } = store.journal;
    const signature = deviceKey.signHello(nonce, this.#device, epoch);
    return {
      protocol: PROTOCOL.current,
      device: this.#device,
      epoch,
      signature,
      ackedSeq: store.device.marks.ackedSeq,
      earlier,
      backlog: this.#backlog(),
      agentVersion,
    };
  }

  /** Takes the hub's word: its time, its number of the journal, its watermark. */
  async #welcomed(welcome: Welcome, epoch: number, offsetMs: number): Promise<boolean> {
    const { store, clock, logger } = this.#options;
    const { device, hybridClock } = store;
    hybridClock.measured(offsetMs);
    if (Math.abs(offsetMs) > LIMITS.clockOffsetShownMs) logger.warn({ offsetMs }, "this machine's clock is wrong");
    this.#contact.heard();
    const others = device.state.journalNumbers.filter((one) => one.epoch !== epoch && one.journal !== welcome.journal);
    const { identity } = device.state;
    await device.update({
      clock: { offsetMs, measuredAt: Math.round(clock.now()) },
      journalNumbers: [...others, { epoch, journal: welcome.journal }],
      ...(identity ? { identity: { ...identity, store: welcome.store } } : {}),
    });
    const fits = await this.#story.isSame(welcome, epoch);
    // While the next connection is not there yet, which has taken its own welcome.
    if (!fits && this.#connection === null) this.#uplink.restart();
    return fits;
  }

  #online(connection: Connection, welcome: Welcome): void {
    this.#connection = connection;
    this.#contact.began();
    this.#cameBackWithSeq = this.#options.store.journal.lastSeq;
    this.#firstPull.online({
      lastSeq: this.#cameBackWithSeq,
      ackedSeq: welcome.watermark,
      earlier: welcome.earlier.length,
    });
    const waiting = this.#gate.waiting;
    this.#gate.open(connection);
    this.#views.attach(connection);
    this.questions.attach(connection);
    this.#uplink.attach(connection, welcome);
    const { watermark, store } = welcome;
    this.#contactLog.found({ store: store.code, watermark, backlog: this.#backlog() });
    // Hints may have been lost meanwhile. A pull that has waited is as good as a new one.
    if (waiting < COLLECTIONS.length) this.#downstream.resync();
    void this.#report();
    void this.#sendAgain(connection, welcome.earlier);
  }

  /**
   * The hub was restored from a backup that lacks facts of earlier epochs. Beside the connection, not before it: selling
   * goes on. What is not moved before it ends is asked about again at the next hello.
   *
   * Not before this hub's positions are here: those of before the restore contain what is moved, and the store's own view would
   * count it twice.
   */
  async #sendAgain(connection: Connection, earlier: Welcome['earlier']): Promise<void> {
    const { store, clock, logger } = this.#options;
    if (earlier.length === 0) return;
    try {
      await this.#downstream.pulled('positions');
      for (const { epoch, watermark } of earlier) {
        if (connection !== this.#connection) return;
        const facts = await store.journal.moveUp(epoch, watermark);
        if (facts > 0) logger.warn({ epoch, watermark, facts }, 'the hub lacks facts of an earlier epoch; sent again');
      }
      if (connection === this.#connection) this.#firstPull.moved(store.journal.lastSeq);
    } catch (error) {
      // The next hello asks again, or everything stops.
      if (connection !== this.#connection) return;
      logger.warn({ err: error }, 'facts of an earlier epoch could not be moved; tried again in a minute');
      this.#cancelMove = clock.after(MOVE_AGAIN_MS, () => void this.#sendAgain(connection, earlier));
    }
  }

  async #setAside(epoch: number, facts: PushAnswer['quarantined']): Promise<void> {
    const { store, logger } = this.#options;
    logger.warn({ epoch, facts }, 'the hub set facts aside');
    try {
      await keepSetAside(store, epoch, facts);
      this.#changes.next();
    } catch (error) {
      logger.warn({ err: error }, 'what the hub has set aside could not be noted here');
    }
  }

  #offline(): void {
    this.#connection = null;
    this.#views.detach();
    this.questions.detach();
    this.#cancelMove?.();
    this.#cancelMove = null;
    this.#gate.shut();
    this.#uplink.detach();
    this.#contact.ended();
    void this.#saveMarks();
  }

  /** What the disk does not take now it is asked again with the next report. */
  async #saveMarks(): Promise<void> {
    try {
      await this.#options.store.saveMarks();
    } catch (error) {
      this.#options.logger.warn({ err: error }, 'what is known of the hub could not be saved');
    }
  }

  #backlog(): number {
    return this.#options.store.journal.lastSeq - Math.min(this.#uplink.ackedSeq, this.#options.store.journal.lastSeq);
  }

  /** Whether the hub's positions would be out of date on arrival: what it lacks is on its way to it. */
  #isDraining(): boolean {
    return this.#uplink.ackedSeq < this.#cameBackWithSeq || this.#backlog() >= DRAINING_FACTS;
  }

  async #oldestUnsentAt(): Promise<number | null> {
    if (this.#backlog() === 0) return null;
    const [oldest] = await this.#options.store.journal.read(this.#uplink.ackedSeq + 1, 1);
    return oldest?.at ?? null;
  }

  #scheduleReport(): void {
    this.#cancelReport = this.#options.clock.after(REPORT_EVERY_MS, () => {
      void this.#report();
      this.#scheduleReport();
    });
  }

  async #report(): Promise<void> {
    const { store, agentVersion, logger } = this.#options;
    this.#contact.lasts();
    try {
      await store.saveMarks();
      const connection = this.#connection;
      if (!connection) return;
      const { backlog, oldestUnsentAt, clockOffsetMs } = await this.status();
      const { lastSeq } = store.journal;
      const { count: quarantined } = store.quarantine;
      await connection.status({ lastSeq, backlog, oldestUnsentAt, quarantined, clockOffsetMs, agentVersion });
    } catch (error) {
      logger.warn({ err: error }, 'the status could not be reported');
    }
  }

  readonly #rxdbDownstream = (source: PullSource): Downstream => {
    const { store, logger } = this.#options;
    return startDownstream({
      db: store.db,
      source,
      logger,
      onComplete: (collection) => {
        if (collection === 'positions') this.#firstPull.pulled();
      },
    });
  };
}

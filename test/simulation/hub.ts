import type { Wire, Door, Guest } from './network.ts';
import { Admission } from '#hub/sync/admission.ts';
import { DeviceVerifier } from '#hub/sync/handshake.ts';
import { Intake } from '#hub/sync/intake.ts';
import { LiveSessions, type LiveSession } from '#hub/sync/live-sessions.ts';
import { Session, type SessionPorts } from '#hub/sync/session.ts';
import { ERRORS } from '#shared/protocol/errors.ts';
import type { Answer } from '#shared/protocol/events.ts';
import { PROTOCOL } from '#shared/protocol/version.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Database } from './database.ts';
import { Machine } from './machine.ts';
import type { World } from './world.ts';

const HELLO_WITHIN_MS = 10_000;

/** How this run's hub is set up: small limits make short runs meet what long ones meet. */
export interface HubSettings {
  readonly factsPerMerge: number;
  readonly drainingFactsPerJournal: number;
  readonly liveFactsMax: number;
  readonly credit: number;
  readonly waitingFactsMax: number;
  /** Frames of more facts are refused as too large; the real limit is in bytes. */
  readonly frameFactsMax: number;
}

/** The hub's process: real sessions and real intake over a simulated database. */
export class Hub {
  readonly machine: Machine;
  readonly #world: World;
  readonly #database: Database;
  readonly #settings: HubSettings;
  readonly #logger: Logger;
  #life = { isOver: true };
  #door: HubDoor | null = null;

  constructor(world: World, database: Database, settings: HubSettings, logger: Logger) {
    this.#world = world;
    this.#database = database;
    this.#settings = settings;
    this.#logger = logger;
    const dice = world.random('hub clock');
    this.machine = new Machine(world, { offsetMs: dice.between(-2_000, 2_000), speed: 1 + dice.between(-1e-4, 1e-4) });
  }

  get door(): Door | null {
    return this.#door;
  }

  get isRunning(): boolean {
    return !this.#life.isOver;
  }

  start(): void {
    if (this.isRunning) return;
    const life = { isOver: false };
    this.#life = life;
    const clock = this.machine.clock(life);
    const random = this.#world.random(`hub ${this.#world.nowMs}`).next;
    const { frameFactsMax, ...settings } = this.#settings;
    const logger = this.#logger;
    const intake = new Intake({ ...settings, ledger: this.#database.ledger(life), clock, random, logger });
    const places = new Map<number, number>();
    const ports: SessionPorts = {
      devices: {
        find: async (device) => {
          const record = await this.#database.find(life, device);
          if (record) places.set(device, record.location);
          return record;
        },
        watermarks: (device, epochs) => this.#database.watermarks(life, device, epochs),
        openJournal: (device, epoch, ackedSeq) =>
          this.#database.openJournal(life, { device, epoch, ackedSeq, location: places.get(device) ?? 0 }),
      },
      verifier: new DeviceVerifier(),
      admission: new Admission({ clock, random }),
      intake,
      feed: { pull: () => Promise.reject(new Error('nothing is pulled in the simulation')) },
      status: { note: () => Promise.resolve() },
      takenTasks: { note: () => Promise.resolve() },
      views: { take: () => Promise.resolve() },
      questions: {
        otherStock: () => Promise.reject(new Error('nothing is asked in the simulation')),
        coming: () => Promise.reject(new Error('nothing is asked in the simulation')),
      },
      clock,
      logger,
    };
    this.#door = new HubDoor(ports, clock, intake, frameFactsMax);
    this.#world.note('hub', 'started');
  }

  /** kill -9: what the database has begun goes on, nobody hears of it. */
  crash(): void {
    if (!this.isRunning) return;
    this.#life.isOver = true;
    this.#door = null;
    this.#world.note('hub', 'crashed');
  }

  /** Answers what was taken, then ends. */
  async stop(): Promise<void> {
    const door = this.#door;
    const life = this.#life;
    if (!door) return;
    this.#world.note('hub', 'stopping');
    await door.drain();
    if (life.isOver) return;
    life.isOver = true;
    if (this.#door === door) this.#door = null;
    this.#world.note('hub', 'stopped');
  }
}

/** The sessions of one life of the hub; what the socket server does, without sockets. */
class HubDoor implements Door {
  readonly #ports: SessionPorts;
  readonly #clock: Clock;
  readonly #intake: Intake;
  readonly #live = new LiveSessions();
  readonly #frameFactsMax: number;

  constructor(ports: SessionPorts, clock: Clock, intake: Intake, frameFactsMax: number) {
    this.#ports = ports;
    this.#clock = clock;
    this.#intake = intake;
    this.#frameFactsMax = frameFactsMax;
  }

  async drain(): Promise<void> {
    await this.#intake.drain();
    for (const device of this.#live.devices) this.#live.ofDevice(device)?.close();
  }

  enter(wire: Wire): Guest {
    const close = () => wire.endByHub();
    const cancelTimer = this.#clock.after(HELLO_WITHIN_MS, close);
    let live: LiveSession | undefined;
    let hasLeft = false;
    const session = new Session(this.#ports, {
      greeted: (scope) => {
        cancelTimer();
        if (hasLeft) return;
        live = { scope, close, send: () => undefined };
        this.#live.add(live);
      },
      close: () => void this.#clock.after(50, close),
    });
    return {
      begin: () => {
        const challenge = { nonce: session.challenge.nonce, protocol: PROTOCOL };
        wire.say((events) => events.challenged(challenge));
      },
      request: async (event, message) => this.#tooLarge(event, message) ?? (await session.answer(event, message)),
      left: () => {
        hasLeft = true;
        cancelTimer();
        if (live) this.#live.remove(live);
      },
    };
  }

  #tooLarge(event: string, message: unknown): Answer<never> | null {
    if (event !== 'push' || (message as { count: number }).count <= this.#frameFactsMax) return null;
    const { remedy } = ERRORS.FRAME_TOO_LARGE;
    return { ok: false, error: { code: 'FRAME_TOO_LARGE', detail: 'More facts than this hub takes.', remedy } };
  }
}

import { createPrivateKey, sign } from 'node:crypto';
import type { RxCollection } from 'rxdb';
import { Intake } from '#agent/pos/intake.ts';
import type { DeviceDocument } from '#agent/store/collections/device.ts';
import { Device } from '#agent/store/device.ts';
import { HybridClock } from '#agent/store/hybrid-clock.ts';
import { openJournal, type StoreJournal } from '#agent/store/journal.ts';
import type { JournalLog } from '#agent/store/journal-log.ts';
import { pruneJournal } from '#agent/store/retention.ts';
import type { DeviceKey } from '#agent/sync/device-key.ts';
import type { Link } from '#agent/sync/link.ts';
import { startSync, type Sync, type SyncStore } from '#agent/sync/sync.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';
import type { Logger } from '#shared/runtime/logger.ts';
import type { Disk, DiskHandle } from './disk.ts';
import type { Machine } from './machine.ts';
import type { Line } from './network.ts';
import type { World } from './world.ts';

const RESTART_AFTER_FAILURE_MS = 3_000;

/** What a mutant puts in the place of a real part. */
export interface AgentFlaws {
  readonly log?: (log: JournalLog) => JournalLog;
  readonly link?: (link: Link) => Link;
  readonly journal?: (journal: SyncStore['journal']) => SyncStore['journal'];
}

export interface AgentParts {
  readonly world: World;
  readonly device: number;
  readonly location: number;
  readonly machine: Machine;
  readonly disk: Disk;
  readonly line: Line;
  readonly logger: Logger;
  /** Facts that one read of the sender gives at most: small ones make many frames of a short backlog. */
  readonly readMax: number;
  readonly flaws: AgentFlaws;
}

/** What runs in one life of the agent. */
export interface Running {
  readonly life: { isOver: boolean };
  readonly intake: Intake;
  readonly journal: StoreJournal;
  readonly device: Device;
  readonly sync: Sync;
  readonly disk: DiskHandle;
  readonly clock: HybridClock;
}

/** The agent of one device: real journal, real sync, on a simulated machine. */
export class Agent {
  readonly name: string;
  readonly parts: AgentParts;
  readonly key: ReturnType<typeof deviceKey>;
  /** Called when the journal is open again. */
  onOpened: (journal: StoreJournal) => void = () => undefined;
  #life = { isOver: true };
  #running: Running | null = null;

  constructor(parts: AgentParts) {
    this.parts = parts;
    this.name = `agent ${parts.device}`;
    this.key = deviceKey(parts.world, parts.device);
    parts.disk.platter.documents.set('device', {
      identity: {
        device: parts.device,
        store: { code: `S${parts.location}`, name: `Store ${parts.location}` },
        hubUrl: 'http://hub',
        deviceName: this.name,
        enrolledAt: 0,
      },
      hasEarlierDocuments: false,
      journal: null,
      clock: null,
      journalNumbers: [],
      marks: { ackedSeq: 0, settled: { epoch: 0, seq: 0 }, lastAckAt: null, pulledAt: null, contactAt: null },
    });
  }

  /** Null while it is down or starting. */
  get running(): Running | null {
    return this.#running;
  }

  get isUp(): boolean {
    return !this.#life.isOver;
  }

  start(): void {
    if (!this.#life.isOver) return;
    const life = { isOver: false };
    this.#life = life;
    void this.#open(life).catch((error: unknown) => {
      const { world } = this.parts;
      world.note(this.name, `did not start: ${error instanceof Error ? error.message : String(error)}`);
      life.isOver = true;
      world.after(RESTART_AFTER_FAILURE_MS, () => this.start());
    });
  }

  /** kill -9, or the power. */
  crash(): void {
    if (this.#life.isOver) return;
    this.#life.isOver = true;
    this.#running = null;
    this.parts.world.note(this.name, 'crashed');
    this.parts.disk.crash();
    this.parts.line.lostSide('agent');
  }

  /** Ends as it should. */
  async stop(): Promise<void> {
    const running = this.#running;
    if (!running) return;
    this.#running = null;
    try {
      await running.sync.stop();
      await running.journal.close();
      await running.device.saveMarks();
    } catch (error) {
      this.parts.world.note(this.name, `stopped badly: ${String(error)}`);
    }
    running.life.isOver = true;
    this.parts.world.note(this.name, 'stopped');
  }

  /** Retention at its strictest: everything that may go goes. */
  async prune(): Promise<number> {
    const running = this.#running;
    if (!running) return 0;
    const { journal, disk, device, clock } = running;
    return pruneJournal({ journal, log: disk }, { ackedSeq: device.marks.ackedSeq, now: clock.now(), days: 0 });
  }

  async #open(life: { isOver: boolean }): Promise<void> {
    const { machine, disk, line, logger, world, flaws, readMax } = this.parts;
    const clock = machine.clock(life);
    const handle = disk.open(life);
    const device = await Device.open(collectionOf(handle));
    const hybridClock = new HybridClock(clock, { lastAt: 0, offsetMs: device.state.clock?.offsetMs ?? 0 });
    const log = flaws.log?.(handle) ?? handle;
    const defer = (call: () => void) => void clock.after(0, call);
    const journal = await openJournal({ log, heads: device, hybridClock, clock, logger, defer });
    const { epoch, lastSeq } = journal;
    world.note(this.name, `opened, epoch ${epoch}, lastSeq ${lastSeq}, acked ${device.marks.ackedSeq}`);
    this.onOpened(journal);
    const quarantine = {
      keep: (drafts: Parameters<typeof handle.keepAside>[0]) => handle.keepAside(drafts),
      corrected: () => Promise.resolve(),
    };
    const intake = new Intake({ journal, quarantine, unknownSkus: () => [] });
    const read = readingAtMost(journal, readMax);
    const link = line.link(life);
    const store: SyncStore = {
      journal: flaws.journal?.(read) ?? read,
      hybridClock,
      device,
      quarantine: { count: 0, keep: (rejected) => handle.keepAside(rejected) },
      // Nothing is pulled, so no collection is touched.
      db: {} as SyncStore['db'],
      stockView: { settled: () => Promise.resolve(), skus: () => [].values(), onHand: () => 0 },
      saveMarks: () => device.saveMarks(),
    };
    const sync = startSync({
      store,
      hubUrl: 'http://hub',
      deviceKey: this.key.deviceKey,
      clock,
      random: world.random(`${this.name} ${world.nowMs}`).next,
      logger,
      agentVersion: 'simulated',
      link: flaws.link?.(link) ?? link,
      downstream: () => ({
        resync: () => undefined,
        pulled: () => Promise.resolve(),
        stop: () => Promise.resolve(),
      }),
    });
    this.#running = { life, intake, journal, device, sync, disk: handle, clock: hybridClock };
  }
}

/** The journal as the sender sees it, giving little at a time. */
function readingAtMost(journal: StoreJournal, limitMax: number): SyncStore['journal'] {
  return {
    get epoch() {
      return journal.epoch;
    },
    get lastSeq() {
      return journal.lastSeq;
    },
    get prunedSeq() {
      return journal.prunedSeq;
    },
    read: (fromSeq, limit) => journal.read(fromSeq, Math.min(limit, limitMax)),
    onAppended: (listener) => journal.onAppended(listener),
    beginEpoch: (afterSeq) => journal.beginEpoch(afterSeq),
    earlierEpochs: () => journal.earlierEpochs(),
    moveUp: (epoch, afterSeq) => journal.moveUp(epoch, afterSeq),
  };
}

/** What the device's document needs of its collection. */
function collectionOf(handle: DiskHandle): RxCollection<DeviceDocument> {
  const collection = {
    storageInstance: {
      findDocumentsById: ([id = '']: string[]) => {
        const state = handle.document(id);
        return Promise.resolve(state ? [{ id, state }] : []);
      },
    },
    incrementalUpsert: ({ id, state }: DeviceDocument) => handle.saveDocument(id, state),
  };
  return collection as unknown as RxCollection<DeviceDocument>;
}

/** A PKCS #8 Ed25519 private key without its 32 bytes. */
const PKCS8_PREFIX = Buffer.from('302e020100300506032b657004220420', 'hex');

/** A key that follows from the seed. */
function deviceKey(world: World, device: number): { deviceKey: DeviceKey; publicKey: Buffer } {
  const dice = world.random(`key ${device}`);
  const secret = Buffer.from(Array.from({ length: 32 }, () => dice.int(0, 255)));
  const key = createPrivateKey({ key: Buffer.concat([PKCS8_PREFIX, secret]), format: 'der', type: 'pkcs8' });
  const { x = '' } = key.export({ format: 'jwk' });
  return {
    publicKey: Buffer.from(x, 'base64url'),
    deviceKey: {
      publicKey: x,
      signHello: (nonce, number, epoch) => sign(null, helloMessage(nonce, number, epoch), key).toString('base64url'),
    },
  };
}

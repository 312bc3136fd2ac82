import { generateKeyPairSync, sign, type KeyObject } from 'node:crypto';
import type { Downstream, PullSource } from '#agent/sync/downstream.ts';
import { startSync, type Sync, type SyncStore } from '#agent/sync/sync.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { FramedFact } from '#shared/protocol/frame.ts';
import { helloMessage } from '#shared/protocol/messages/hello.ts';
import { COLLECTIONS, type Checkpoint, type Collection } from '#shared/protocol/messages/pull.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import { createLogger } from '#shared/runtime/logger.ts';
import { systemRandom } from '#shared/runtime/random.ts';
import type { BenchSale } from './sales.ts';

const logger = createLogger({ name: 'store', level: 'error' });

/** Of each acknowledged fact: when it was appended (ms of performance.now()) and how long until it was acknowledged. */
export interface Latencies {
  appendedAt: number[];
  ms: number[];
}

/** A store that has no disk: the agent's own syncing over a journal in memory. Hints are answered by pulls. */
export class FleetStore {
  readonly publicKey: Uint8Array;
  readonly #privateKey: KeyObject;
  readonly #latencies: Latencies;
  readonly #epoch = Date.now();
  readonly #facts: FramedFact[] = [];
  readonly #appendedAt: number[] = [];
  readonly #listeners = new Set<(lastSeq: number) => void>();
  readonly #checkpoints = new Map<Collection, Checkpoint>();
  #identity: { device: number; hubUrl: string } | undefined;
  #ackedSeq = 0;
  #greeted = 0;
  #sync: Sync | undefined;

  constructor(latencies: Latencies) {
    const { publicKey, privateKey } = generateKeyPairSync('ed25519');
    this.publicKey = publicKey.export({ format: 'der', type: 'spki' }).subarray(-32);
    this.#privateKey = privateKey;
    this.#latencies = latencies;
  }

  get isSent(): boolean {
    return this.#ackedSeq >= this.#facts.length;
  }

  /** How often the hub has said welcome. */
  get greeted(): number {
    return this.#greeted;
  }

  enrol(device: number, hubUrl: string): void {
    this.#identity = { device, hubUrl };
  }

  /** Journals a sale that happened at an instant of performance.now(). */
  append({ bodyText }: BenchSale, happenedAt: number): void {
    const seq = this.#facts.length + 1;
    const key = `${this.#identity?.device}:${seq}`;
    const fact = { seq, at: Date.now(), offsetMs: 0, key, correlationId: key, source: 'http:till' };
    this.#facts.push({ ...fact, kind: 'sale', bodyText });
    this.#appendedAt.push(happenedAt);
    for (const listener of this.#listeners) listener(seq);
  }

  connect(): void {
    if (!this.#identity) throw new Error('the store was not enrolled');
    const { device, hubUrl } = this.#identity;
    this.#sync = startSync({
      store: this.#syncStore(device, hubUrl),
      hubUrl,
      deviceKey: {
        publicKey: Buffer.from(this.publicKey).toString('base64url'),
        signHello: (nonce, ...of) => sign(null, helloMessage(nonce, ...of), this.#privateKey).toString('base64url'),
      },
      clock: systemClock,
      random: systemRandom,
      logger,
      agentVersion: 'bench',
      downstream: (source) => this.#pullWhenHinted(source),
    });
  }

  async disconnect(): Promise<void> {
    await this.#sync?.stop();
    this.#sync = undefined;
  }

  #acked(seq: number): void {
    const now = performance.now();
    for (let one = this.#ackedSeq; one < seq; one += 1) {
      const appendedAt = this.#appendedAt[one] ?? now;
      this.#latencies.appendedAt.push(appendedAt);
      this.#latencies.ms.push(now - appendedAt);
    }
    this.#ackedSeq = Math.max(this.#ackedSeq, seq);
  }

  #syncStore(device: number, hubUrl: string): SyncStore {
    const facts = this.#facts;
    const listeners = this.#listeners;
    const epoch = this.#epoch;
    const marks = {
      ackedSeq: this.#ackedSeq,
      settled: { epoch, seq: 0 },
      lastAckAt: null,
      pulledAt: null,
      contactAt: null,
    };
    const identity = { device, store: { code: 'S', name: 'S' }, hubUrl, deviceName: 'bench', enrolledAt: epoch };
    const state = { identity, hasEarlierDocuments: false, journal: null, clock: null, journalNumbers: [], marks };
    return {
      journal: {
        epoch,
        prunedSeq: 0,
        get lastSeq() {
          return facts.length;
        },
        read: async (fromSeq, limit) => facts.slice(fromSeq - 1, fromSeq - 1 + limit),
        onAppended(listener) {
          listeners.add(listener);
          return () => listeners.delete(listener);
        },
        earlierEpochs: async () => [],
        moveUp: async () => 0,
        beginEpoch: () =>
          Promise.reject(new ShelfwireError('EPOCH_UNKNOWN', 'A store of the benchmark has one epoch.')),
      },
      hybridClock: { offsetMs: 0, measured: () => undefined },
      device: {
        state,
        marks,
        mark: ({ ackedSeq }) => {
          if (ackedSeq !== undefined) this.#acked(ackedSeq);
        },
        update: async () => {
          this.#greeted += 1;
        },
      },
      quarantine: { count: 0, keep: () => Promise.resolve() },
      stockView: { settled: () => Promise.resolve(), skus: () => [].values(), onHand: () => 0 },
      // The downstream below stands in for the collections.
      db: {} as SyncStore['db'],
      saveMarks: () => Promise.resolve(),
    };
  }

  /** As RxDB's replication does, without keeping what comes: one pull at a time, one more for hints meanwhile. */
  #pullWhenHinted(source: PullSource): Downstream {
    const wanted = new Set<Collection>();
    const running = new Set<Collection>();
    const run = async (collection: Collection): Promise<void> => {
      running.add(collection);
      try {
        while (wanted.delete(collection)) {
          for (let complete = false; !complete;) {
            const checkpoint = this.#checkpoints.get(collection) ?? null;
            const answer = await source.pull({ collection, checkpoint, limit: LIMITS.pullDocuments });
            if (!answer) return;
            this.#checkpoints.set(collection, answer.checkpoint);
            ({ complete } = answer);
          }
        }
      } catch (error) {
        logger.warn({ err: error }, 'a pull failed');
      } finally {
        running.delete(collection);
      }
    };
    return {
      resync(name) {
        for (const collection of name === undefined ? COLLECTIONS : [name]) {
          wanted.add(collection);
          if (!running.has(collection)) void run(collection);
        }
      },
      // It stores nothing.
      pulled: () => Promise.resolve(),
      stop: () => Promise.resolve(),
    };
  }
}

import type { RxCollection } from 'rxdb';
import { z } from 'zod';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import { instant, storeCode, text } from '#shared/protocol/fields.ts';
import type { DeviceDocument } from './collections/device.ts';
import { journalHead, type JournalHeadStore } from './journal-head.ts';

const DOCUMENT_ID = 'device';

/** Who this device is, from enrolment. The private key is a file of its own. */
export const identity = z.object({
  device: z.int().min(1),
  store: z.object({ code: storeCode, name: text }),
  hubUrl: z.string(),
  deviceName: text,
  enrolledAt: z.int(),
});
export type Identity = z.infer<typeof identity>;

const deviceState = z.object({
  identity: identity.nullable(),
  /** The hub's documents in this folder were pulled before the device was enrolled as what it is: they are dropped when it is opened. */
  hasEarlierDocuments: z.boolean().default(false),
  journal: journalHead.nullable(),
  /** Hub time minus system time as last measured, and when (system time). */
  clock: z.object({ offsetMs: z.int(), measuredAt: z.int() }).nullable(),
  /** The hub's numbers of this device's journals. */
  journalNumbers: z.array(z.object({ epoch: instant, journal: z.int() })),
  /** Hints, saved now and then; the hub's word is authoritative. */
  marks: z.object({
    /** The hub had acknowledged every fact of the epoch up to this seq. */
    ackedSeq: z.int().min(0),
    /** Facts up to this place are contained in the hub's positions that are stored here. */
    settled: z.object({ epoch: z.int().min(0), seq: z.int().min(0) }),
    lastAckAt: z.int().nullable(),
    /** When the hub's documents were last known to be complete here. */
    pulledAt: z.int().nullable(),
    /** When there was last a connection. Folders of before do not say. */
    contactAt: z.int().nullable().default(null),
  }),
});
export type DeviceState = z.infer<typeof deviceState>;
export type SyncMarks = DeviceState['marks'];

const EMPTY: DeviceState = {
  identity: null,
  hasEarlierDocuments: false,
  journal: null,
  clock: null,
  journalNumbers: [],
  marks: { ackedSeq: 0, settled: { epoch: 0, seq: 0 }, lastAckAt: null, pulledAt: null, contactAt: null },
};

/** When there was last a connection to the hub, as the disk knows it; null: never. */
export const lastContact = ({ contactAt, lastAckAt }: Readonly<SyncMarks>): number | null => contactAt ?? lastAckAt;

/** The device's own document: read from memory, written through; `marks` are written lazily. */
export class Device implements JournalHeadStore {
  readonly #collection: RxCollection<DeviceDocument>;
  #state: DeviceState;
  #writes: Promise<unknown> = Promise.resolve();
  #marksChanged = false;

  private constructor(collection: RxCollection<DeviceDocument>, state: DeviceState) {
    this.#collection = collection;
    this.#state = state;
  }

  static async open(collection: RxCollection<DeviceDocument>): Promise<Device> {
    const [document] = await collection.storageInstance.findDocumentsById([DOCUMENT_ID], false);
    if (!document) return new Device(collection, EMPTY);
    const parsed = deviceState.safeParse(document.state);
    if (parsed.success) return new Device(collection, parsed.data);
    throw new ShelfwireError('STORAGE_DAMAGED', `The device document cannot be read: ${parsed.error.message}`);
  }

  get state(): Readonly<DeviceState> {
    return this.#state;
  }

  get marks(): Readonly<SyncMarks> {
    return this.#state.marks;
  }

  /** Changes the state; on disk when it resolves. */
  update(change: Partial<Omit<DeviceState, 'marks'>>): Promise<void> {
    this.#state = { ...this.#state, ...change };
    return this.#write();
  }

  /** Changes marks in memory; `saveMarks` brings them to the disk. */
  mark(change: Partial<SyncMarks>): void {
    this.#state = { ...this.#state, marks: { ...this.#state.marks, ...change } };
    this.#marksChanged = true;
  }

  async saveMarks(): Promise<void> {
    if (this.#marksChanged) await this.#write();
  }

  load(): DeviceState['journal'] {
    return this.#state.journal;
  }

  async save(journal: DeviceState['journal'] & object): Promise<void> {
    const before = this.#state;
    const isOther = before.journal !== null && before.journal.epoch !== journal.epoch;
    // The mark speaks of a seq of one epoch: another epoch begins without any.
    if (isOther) this.mark({ ackedSeq: 0 });
    this.#state = { ...this.#state, journal };
    try {
      await this.#write();
    } catch (error) {
      const marks = isOther ? before.marks : this.#state.marks;
      this.#state = { ...this.#state, journal: before.journal, marks };
      throw error;
    }
  }

  #write(): Promise<void> {
    const write = this.#writes.then(async () => {
      this.#marksChanged = false;
      await this.#collection.incrementalUpsert({ id: DOCUMENT_ID, state: this.#state });
    });
    this.#writes = write.catch(() => undefined);
    return write;
  }
}

import type { Rejected } from '#agent/store/quarantine.ts';
import type { JournalLog, StoredFact } from '#agent/store/journal-log.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { Life } from './machine.ts';
import { Platter, placeOfSeq } from './platter.ts';
import { Moments, type Dice, type World } from './world.ts';

/** A group whose writing was cut off: some of its facts lie there, its seal does not. */
interface Remains {
  readonly facts: readonly StoredFact[];
  /** The disk lies and takes them for written: then the journal has holes. Nothing of them was acknowledged. */
  readonly taken: boolean;
}

/** The disk of one agent. It outlives the process; what was not synced at a crash does not. */
export class Disk {
  platter = new Platter();
  /** No space: writes fail, nothing is written. */
  isFull = false;
  /** Share of writes that fail with an error of the device, perhaps after they were written. */
  failing = 0;
  /** A group begins to be written. */
  readonly writes = new Moments();
  /** Called when facts have reached the disk: as a whole group, by a move to another place, or as what a crash left. */
  onDurable: (facts: readonly StoredFact[], how: 'appended' | 'moved' | 'left') => void = () => undefined;
  /** Called before facts are taken off the disk. */
  onRemoved: (facts: readonly StoredFact[]) => void = () => undefined;
  readonly #world: World;
  readonly #dice: Dice;
  readonly #name: string;
  #writing: readonly StoredFact[] | null = null;
  #remains: Remains | null = null;

  constructor(world: World, name: string) {
    this.#world = world;
    this.#name = name;
    this.#dice = world.random(`disk ${name}`);
  }

  /** The disk as a new process finds it: a group without its seal is not there. */
  open(life: Life): DiskHandle {
    if (this.#remains) {
      const { facts, taken } = this.#remains;
      const seqs = facts.map(({ seq }) => seq).join(',');
      this.#world.note(this.#name, `torn group, seqs ${seqs} ${taken ? 'are taken for written' : 'are not there'}`);
      if (taken) this.#keep(facts, 'left');
      this.#remains = null;
    }
    return new DiskHandle(this, life, this.#world);
  }

  /** The process ended; the group it was writing is there, not there, or torn. */
  crash(): void {
    const facts = this.#writing;
    this.#writing = null;
    if (!facts || facts.length === 0) return;
    const fate = this.#dice.next();
    if (fate < 0.25) this.#keep(facts, 'appended');
    else if (fate < 0.75) {
      this.#remains = { facts: facts.filter(() => this.#dice.chance(0.6)), taken: this.#dice.chance(0.5) };
    }
  }

  /** An old backup takes the place of everything. */
  restore(backup: Platter): void {
    this.#writing = null;
    this.#remains = null;
    this.platter = backup.copy();
  }

  /** One write: it reaches the disk after a while, and is reported a little later. */
  write<T>(life: Life, apply: () => T, facts: readonly StoredFact[] | null): Promise<T> {
    return new Promise((resolve, reject) => {
      const slow = this.#dice.chance(0.02) ? 40 : 1;
      if (facts) {
        this.#writing = facts;
        this.writes.happens();
      }
      this.#world.after(this.#dice.between(0.2, 6) * slow, () => {
        if (life.isOver) return;
        if (facts) this.#writing = null;
        const failure = this.#failure();
        if (failure !== 'before') this.#try(apply, resolve, reject, life, failure);
        else this.#later(life, () => reject(this.#error()));
      });
    });
  }

  read<T>(life: Life, look: () => T): Promise<T> {
    return new Promise((resolve) => {
      this.#later(life, () => resolve(look()));
    });
  }

  #try<T>(
    apply: () => T,
    resolve: (value: T) => void,
    reject: (error: unknown) => void,
    life: Life,
    failure: 'no' | 'after',
  ): void {
    const value = apply();
    this.#later(life, () => {
      if (failure === 'after') reject(this.#error());
      else resolve(value);
    });
  }

  #failure(): 'no' | 'before' | 'after' {
    if (this.isFull) return 'before';
    if (!this.#dice.chance(this.failing)) return 'no';
    return this.#dice.chance(0.5) ? 'before' : 'after';
  }

  #error(): ShelfwireError {
    const code = this.isFull ? 'STORAGE_FULL' : 'STORAGE_IO';
    return new ShelfwireError(code, `The disk of ${this.#name} says no.`);
  }

  #later(life: Life, call: () => void): void {
    this.#world.after(this.#dice.between(0.05, 0.5), () => {
      if (!life.isOver) call();
    });
  }

  #keep(facts: readonly StoredFact[], how: 'appended' | 'moved' | 'left'): void {
    this.platter.put(facts);
    this.onDurable(facts, how);
  }

  append(facts: readonly StoredFact[]): void {
    const known = facts.find(({ key }) => this.platter.facts.has(key));
    if (known) this.#world.violate('F3', `${this.#name}: "${known.key}" was written twice`);
    this.#keep(facts, 'appended');
  }

  move(facts: readonly StoredFact[]): void {
    this.#keep(facts, 'moved');
  }
}

/** The disk as one process has it open. */
export class DiskHandle implements JournalLog {
  readonly #disk: Disk;
  readonly #life: Life;
  readonly #world: World;

  constructor(disk: Disk, life: Life, world: World) {
    this.#disk = disk;
    this.#life = life;
    this.#world = world;
  }

  get #platter(): Platter {
    return this.#disk.platter;
  }

  findByKeys(keys: readonly string[]): Promise<StoredFact[]> {
    return this.#read(() => keys.flatMap((key) => this.#platter.facts.get(key) ?? []));
  }

  appendGroup(facts: readonly StoredFact[]): Promise<void> {
    return this.#disk.write(this.#life, () => this.#disk.append(facts), facts);
  }

  moveGroup(facts: readonly StoredFact[]): Promise<void> {
    return this.#disk.write(this.#life, () => this.#disk.move(facts), null);
  }

  read(epoch: number, fromSeq: number, limit: number): Promise<StoredFact[]> {
    return this.#read(() => {
      const facts = this.#platter.epoch(epoch);
      const from = placeOfSeq(facts, fromSeq);
      return facts.slice(from, from + limit);
    });
  }

  tailOf(epoch: number, afterSeq: number): Promise<{ lastSeq: number; count: number }> {
    return this.#read(() => {
      const facts = this.#platter.epoch(epoch);
      return { lastSeq: facts.at(-1)?.seq ?? 0, count: facts.length - placeOfSeq(facts, afterSeq + 1) };
    });
  }

  epochBefore(epoch: number): Promise<number | null> {
    return this.#read(() => {
      const before = Iterator.from(this.#platter.facts.values()).filter((fact) => fact.epoch < epoch);
      const last = before.reduce((latest, fact) => Math.max(latest, fact.epoch), 0);
      return last === 0 ? null : last;
    });
  }

  lastAt(): Promise<number> {
    return this.#read(() =>
      Iterator.from(this.#platter.facts.values()).reduce((last, { at }) => Math.max(last, at), 0),
    );
  }

  /** Facts of older epochs, for retention; one page at a time. */
  async *readEpochsBefore(epoch: number, pageSize = 500): AsyncGenerator<StoredFact[]> {
    const older = await this.#read(() => [...this.#platter.facts.values()].filter((fact) => fact.epoch < epoch));
    for (let from = 0; from < older.length; from += pageSize) yield older.slice(from, from + pageSize);
  }

  remove(keys: readonly string[]): Promise<void> {
    const apply = () => {
      this.#disk.onRemoved(keys.flatMap((key) => this.#platter.facts.get(key) ?? []));
      this.#platter.remove(keys);
    };
    return this.#disk.write(this.#life, apply, null);
  }

  document(id: string): object | undefined {
    return this.#platter.documents.get(id);
  }

  saveDocument(id: string, document: object): Promise<void> {
    return this.#disk.write(this.#life, () => void this.#platter.documents.set(id, document), null);
  }

  keepAside(drafts: readonly Rejected[]): Promise<void> {
    return this.#disk.write(
      this.#life,
      () => {
        for (const draft of drafts) this.#platter.quarantine.set(draft.id, draft);
      },
      null,
    );
  }

  #read<T>(look: () => T): Promise<T> {
    if (this.#life.isOver) this.#world.violate('simulation', 'a process that has ended reads its disk');
    return this.#disk.read(this.#life, look);
  }
}

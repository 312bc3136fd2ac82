import type { StoredFact } from '#agent/store/journal-log.ts';

/** What a till was told about one of its facts. */
export interface Acknowledgement {
  readonly location: number;
  readonly device: number;
  readonly key: string;
  readonly digest: string;
  readonly at: number;
  /** It lay only on a disk that was replaced by an old backup. */
  lost: boolean;
}

/** A fact as it reached a disk. */
export type WrittenFact = StoredFact & { readonly device: number; readonly location: number };

/** What has really happened, as nobody in the simulated world knows it. */
export class Record {
  readonly acknowledged: Acknowledgement[] = [];
  /** By device. */
  readonly #acknowledgedBy = new Map<number, Acknowledgement[]>();
  /** By "location key": every fact that ever reached a disk. */
  readonly #written = new Map<string, WrittenFact[]>();
  /** By "device epoch seq". */
  readonly #keysAt = new Map<string, Set<string>>();
  /** "location key" of facts that the hub cannot take. */
  readonly #unreadable = new Set<string>();

  unreadable(location: number, key: string): void {
    this.#unreadable.add(`${location} ${key}`);
  }

  isUnreadable(location: number, key: string): boolean {
    return this.#unreadable.has(`${location} ${key}`);
  }

  acknowledge(told: Acknowledgement): void {
    this.acknowledged.push(told);
    const ofDevice = this.#acknowledgedBy.get(told.device);
    if (ofDevice) ofDevice.push(told);
    else this.#acknowledgedBy.set(told.device, [told]);
  }

  acknowledgedBy(device: number): readonly Acknowledgement[] {
    return this.#acknowledgedBy.get(device) ?? [];
  }

  write(device: number, location: number, facts: readonly StoredFact[]): void {
    for (const fact of facts) {
      const name = `${location} ${fact.key}`;
      const written = this.#written.get(name);
      const one = { ...fact, device, location };
      if (written) written.push(one);
      else this.#written.set(name, [one]);
      const place = `${device} ${fact.epoch} ${fact.seq}`;
      const keys = this.#keysAt.get(place);
      if (keys) keys.add(fact.key);
      else this.#keysAt.set(place, new Set([fact.key]));
    }
  }

  written(location: number, key: string): readonly WrittenFact[] {
    return this.#written.get(`${location} ${key}`) ?? [];
  }

  /** Keys that the device ever had under a seq: several only after it was restored from a backup. */
  keysAt(device: number, epoch: number, seq: number): ReadonlySet<string> | undefined {
    return this.#keysAt.get(`${device} ${epoch} ${seq}`);
  }
}

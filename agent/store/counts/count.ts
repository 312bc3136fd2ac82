import type { CountHeader, CountState } from '#shared/agent-api/counts.ts';
import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { CountEntry, CountedLine, EntryOf } from './entry.ts';
import { Tally } from './tally.ts';

/** One count as its entries make it. Without its acts while only its head has been read (`hasActs`). */
export class Count {
  readonly id: string;
  readonly opening: EntryOf<'open'>;
  /** Entries that a damaged disk has lost. */
  readonly lost: number;
  readonly hasActs: boolean;
  readonly tally = new Tally();
  readonly result: CountedLine[] = [];
  #approval: EntryOf<'approve'> | undefined;
  #end: EntryOf<'approved'> | EntryOf<'cancelled'> | undefined;
  #version = 0;
  #lastAt = 0;

  /** Throws STORAGE_DAMAGED when its beginning is lost. */
  constructor(id: string, entries: readonly CountEntry[], given: { lost: number; hasActs: boolean }) {
    const opening = entries.find((entry) => entry.kind === 'open');
    if (opening === undefined) throw new ShelfwireError('STORAGE_DAMAGED', `The beginning of count ${id} is lost.`);
    this.id = id;
    this.opening = opening;
    this.lost = given.lost;
    this.hasActs = given.hasActs;
    for (const entry of entries) this.add(entry);
  }

  add(entry: CountEntry): void {
    this.#version = Math.max(this.#version, entry.place);
    this.#lastAt = Math.max(this.#lastAt, entry.at);
    if (entry.kind === 'act') this.tally.add(entry);
    else if (entry.kind === 'approve') this.#approval = entry;
    else if (entry.kind === 'result') this.result.push(...entry.lines);
    else if (entry.kind !== 'open') this.#end = entry;
  }

  /** The place of the last entry. */
  get version(): number {
    return this.#version;
  }

  /** The latest instant that it speaks of. */
  get lastAt(): number {
    return this.#lastAt;
  }

  get approval(): EntryOf<'approve'> | undefined {
    return this.#approval;
  }

  get state(): CountState {
    if (this.#end !== undefined) return this.#end.kind === 'approved' ? 'approved' : 'cancelled';
    return this.#approval === undefined ? 'open' : 'approving';
  }

  /** Without its acts, which are on disk. */
  headOnly(): Count {
    const entries = [this.opening, this.#approval, this.#end].filter((entry) => entry !== undefined);
    return new Count(this.id, entries, { lost: this.lost, hasActs: false });
  }

  /** @param mayKnow whether the outcome is to be seen */
  header(mayKnow: boolean): CountHeader {
    const { at: openedAt, by: openedBy, opening } = this.opening;
    const end = this.#end;
    return {
      id: this.id,
      name: opening.name,
      zone: opening.zone,
      blind: opening.blind,
      expected: opening.expected.kind,
      state: this.state,
      openedBy,
      openedAt,
      endedBy: end?.by ?? null,
      endedAt: end?.at ?? null,
      reason: end?.kind === 'cancelled' ? end.reason : null,
      outcome: mayKnow && end?.kind === 'approved' ? end.outcome : null,
    };
  }
}

import { join } from 'node:path';
import { z } from 'zod';
import { JsonFile } from '#shared/runtime/json-file.ts';

const changedAt = z.string().min(1).max(64);
const checkpoint = z.strictObject({
  /** Everything that was changed before this, by the other side's clock, is in the journal. */
  doneTo: changedAt,
  /** A round that has not come to its end: where it goes on. */
  round: z
    .strictObject({
      since: changedAt,
      after: z.string().max(256).nullable(),
      /** The other side's clock when the round began. */
      beganAt: changedAt.nullable(),
      highest: changedAt.nullable(),
    })
    .nullable(),
});
export type Checkpoint = z.infer<typeof checkpoint>;
export type Round = NonNullable<Checkpoint['round']>;

/** How far a feed has read, in a file that is synced before it counts. */
export class CheckpointFile {
  readonly #file: JsonFile<Checkpoint | null>;

  constructor(folder: string, name: string) {
    this.#file = new JsonFile(join(folder, `${name}.checkpoint.json`), checkpoint.nullable(), null);
  }

  /**
   * A feed that is new begins at `beginning`, which is kept at once: its orders may not be there to be read for days. Throws
   * CONFIG_INVALID when the file is damaged: the feed would begin anew, and miss what was sold.
   */
  read(beginning: () => string): Checkpoint {
    const known = this.#file.get();
    if (known !== null) return known;
    const first: Checkpoint = { doneTo: beginning(), round: null };
    this.#file.set(first);
    return first;
  }

  save(next: Checkpoint): void {
    this.#file.set(next);
  }
}

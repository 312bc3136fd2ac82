import { join } from 'node:path';
import { z } from 'zod';
import type { OtherStoresView } from '#shared/agent-api/answers.ts';
import { ShelfwireError, toWireError } from '#shared/protocol/errors.ts';
import { instant } from '#shared/protocol/fields.ts';
import { otherStock, type OtherStock } from '#shared/protocol/messages/questions.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { JsonFile } from '#shared/runtime/json-file.ts';

/** Items whose last answer is kept: what a store is asked for again. */
const KEPT_MAX = 200;
/** A newer answer would say the same: looking at an item twice asks once. */
const FRESH_MS = 5_000;

const keptFile = z.strictObject({
  answers: z.array(z.strictObject({ askedAt: instant, answer: otherStock })).max(KEPT_MAX),
});
type Kept = z.infer<typeof keptFile>;

export interface OtherStoresParts {
  readonly folder: string;
  readonly clock: Pick<Clock, 'now'>;
  /** Asks the hub. Throws HUB_UNREACHABLE and the like. */
  readonly ask: (sku: string) => Promise<OtherStock>;
}

/** What other stores have of an item: asked when somebody looks, and the last answer kept for when the hub cannot be asked. */
export class OtherStores {
  readonly #parts: OtherStoresParts;
  readonly #file: JsonFile<Kept>;

  constructor(parts: OtherStoresParts) {
    this.#parts = parts;
    this.#file = new JsonFile(join(parts.folder, 'other-stores.json'), keptFile, { answers: [] });
  }

  /** Never rejects for the hub's sake: its reason is in the answer, beside what is remembered. */
  async read(sku: string): Promise<OtherStoresView> {
    const known = this.#kept().find(({ answer }) => answer.sku === sku);
    const now = Math.round(this.#parts.clock.now());
    if (known !== undefined && Math.abs(now - known.askedAt) < FRESH_MS) {
      return { answer: known.answer, askedAt: known.askedAt, problem: null };
    }
    try {
      const answer = await this.#parts.ask(sku);
      this.#keep({ askedAt: now, answer });
      return { answer, askedAt: now, problem: null };
    } catch (error) {
      if (!(error instanceof ShelfwireError)) throw error;
      return { answer: known?.answer ?? null, askedAt: known?.askedAt ?? null, problem: toWireError(error) };
    }
  }

  #keep(one: Kept['answers'][number]): void {
    const others = this.#kept().filter(({ answer }) => answer.sku !== one.answer.sku);
    try {
      this.#file.set({ answers: [one, ...others].slice(0, KEPT_MAX) });
    } catch (error) {
      // What the disk does not keep is answered all the same.
      if (!(error instanceof ShelfwireError)) throw error;
    }
  }

  /** A file that cannot be read is worth nothing: what was in it is asked again. */
  #kept(): Kept['answers'] {
    try {
      return this.#file.get().answers;
    } catch {
      return [];
    }
  }
}

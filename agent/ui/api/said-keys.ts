/** Longer ago than somebody says again what was not answered. */
const AGAIN_MS = 15 * 60_000;

export interface SaidKeysParts {
  readonly newKey: () => string;
  readonly now: () => number;
  /** Where it outlives the page, as the browser's own of one window; absent: nowhere. */
  readonly kept?: { readonly storage: Pick<Storage, 'getItem' | 'setItem' | 'removeItem'>; readonly name: string };
}

interface Open {
  readonly said: string;
  readonly key: string;
  readonly at: number;
}

/**
 * Keys of what people say. The same said again before there was an answer has the key of before: it may have been taken, though the
 * agent went away and whoever said it had to sign in again. Something else has another, whatever became of the one before: under its key
 * it would be refused.
 */
export class SaidKeys {
  readonly #parts: SaidKeysParts;
  #open: Open | undefined;

  constructor(parts: SaidKeysParts) {
    this.#parts = parts;
    const { storage, name } = parts.kept ?? {};
    this.#open = readOpen(storage?.getItem(name ?? '') ?? null);
  }

  of(said: object): string {
    const { newKey, now, kept } = this.#parts;
    const text = JSON.stringify(said);
    if (this.#open?.said === text && now() - this.#open.at < AGAIN_MS) return this.#open.key;
    this.#open = { said: text, key: newKey(), at: now() };
    kept?.storage.setItem(kept.name, JSON.stringify(this.#open));
    return this.#open.key;
  }

  /** It was taken: the same again is another act. */
  answered(): void {
    this.#open = undefined;
    this.#parts.kept?.storage.removeItem(this.#parts.kept.name);
  }
}

/** What is not readable is not ours. */
function readOpen(text: string | null): Open | undefined {
  try {
    const { said, key, at } = JSON.parse(text ?? '{}') as Partial<Open>;
    return typeof said === 'string' && typeof key === 'string' && typeof at === 'number'
      ? { said, key, at }
      : undefined;
  } catch {
    return undefined;
  }
}

import type { CountAct } from '#shared/agent-api/count-acts.ts';

const KEPT = 'shelfwire.count';
/** Names of entries are sorted as text. */
const PLACE_DIGITS = 15;

/** An act that waits, and when it was done by this browser's clock. */
export interface WaitingAct {
  readonly act: CountAct;
  readonly doneAt: number;
}

/** An act that the agent has not taken, and why. */
export interface RefusedAct {
  readonly act: CountAct;
  readonly code: string;
  readonly detail: string;
}

export interface Queued {
  readonly waiting: readonly WaitingAct[];
  readonly refused: readonly RefusedAct[];
}

/** The browser's own: it outlives the window and the agent. */
export type KeptIn = Pick<Storage, 'getItem' | 'setItem' | 'removeItem' | 'key' | 'length'>;

interface Entry {
  readonly name: string;
  readonly kept: WaitingAct & { readonly refused?: Pick<RefusedAct, 'code' | 'detail'> };
}

/**
 * The acts of one person in one count that this browser keeps, in the order in which they were done.
 *
 * One entry for each act, which is written once and taken away by its name: two windows never write over each other.
 */
export class KeptActs {
  /** Whose acts of which count: names of its entries begin so. */
  readonly name: string;
  readonly #storage: KeptIn;
  #seen: { text: string; queued: Queued } = { text: '', queued: { waiting: [], refused: [] } };

  constructor(storage: KeptIn, person: string, count: string) {
    this.#storage = storage;
    this.name = `${KEPT}/${encodeURIComponent(person)}/${count}/`;
  }

  /** As they are kept now, the same object until one changes: another window may have added to them. */
  get queued(): Queued {
    const texts = this.#names().map((name) => this.#storage.getItem(name));
    const text = texts.join('\n');
    if (text === this.#seen.text) return this.#seen.queued;
    const kept = texts.flatMap((one) => readEntry(one) ?? []);
    const queued: Queued = {
      waiting: kept.flatMap(({ act, doneAt, refused }) => (refused === undefined ? [{ act, doneAt }] : [])),
      refused: kept.flatMap(({ act, refused }) => (refused === undefined ? [] : [{ act, ...refused }])),
    };
    this.#seen = { text, queued };
    return queued;
  }

  /** Kept when it returns. Throws when the browser has no room left: then nothing was done. */
  add(act: CountAct, now: number): void {
    const last = this.#names()
      .at(-1)
      ?.slice(this.name.length, this.name.length + PLACE_DIGITS);
    // Behind what is there, also when the clock was set back.
    const place = Math.max(now, Number(last ?? 0) + 1);
    const name = `${this.name}${String(place).padStart(PLACE_DIGITS, '0')}/${act.key}`;
    this.#storage.setItem(name, JSON.stringify({ act, doneAt: now } satisfies WaitingAct));
  }

  /** The agent has these. */
  remove(keys: ReadonlySet<string>): void {
    for (const { name, kept } of this.#entries()) if (keys.has(kept.act.key)) this.#storage.removeItem(name);
  }

  /** The agent has not taken these: they wait no more, and are shown. */
  setAside(refusals: readonly RefusedAct[]): void {
    const byKey = new Map(refusals.map((refusal) => [refusal.act.key, refusal]));
    for (const { name, kept } of this.#entries()) {
      const refusal = byKey.get(kept.act.key);
      if (refusal === undefined) continue;
      const { code, detail } = refusal;
      this.#storage.setItem(name, JSON.stringify({ ...kept, refused: { code, detail } } satisfies Entry['kept']));
    }
  }

  /** Somebody has read why these were refused. */
  dismissRefused(): void {
    for (const { name, kept } of this.#entries()) if (kept.refused !== undefined) this.#storage.removeItem(name);
  }

  #names(): string[] {
    return namesIn(this.#storage)
      .filter((name) => name.startsWith(this.name))
      .toSorted();
  }

  /** What is not readable is not ours. */
  #entries(): Entry[] {
    return this.#names().flatMap((name) => {
      const kept = readEntry(this.#storage.getItem(name));
      return kept === undefined ? [] : [{ name, kept }];
    });
  }
}

/** What others have left in this browser: their acts are sent when they are here again. */
export function othersWaiting(storage: KeptIn, person: string): { readonly name: string; readonly acts: number }[] {
  const waiting = new Map<string, number>();
  for (const key of namesIn(storage)) {
    const [prefix, encoded = ''] = key.split('/');
    if (prefix !== KEPT) continue;
    const name = decodeURIComponent(encoded);
    const kept = readEntry(storage.getItem(key));
    if (name === person || kept === undefined || kept.refused !== undefined) continue;
    waiting.set(name, (waiting.get(name) ?? 0) + 1);
  }
  return [...waiting].map(([name, acts]) => ({ name, acts }));
}

const namesIn = (storage: KeptIn): string[] =>
  Array.from({ length: storage.length }, (_, place) => storage.key(place) ?? '');

function readEntry(text: string | null): Entry['kept'] | undefined {
  try {
    const value = JSON.parse(text ?? 'null') as Entry['kept'] | null;
    return value?.act === undefined ? undefined : value;
  } catch {
    return undefined;
  }
}

import { ShelfwireError } from '#shared/protocol/errors.ts';
import type { QuarantineDocument } from './collections/quarantine.ts';

type Entry = Pick<QuarantineDocument, 'id' | 'source' | 'code' | 'key' | 'verbatim'>;

interface Known {
  readonly source: string;
  readonly code: string;
  readonly key: string | null;
  readonly chars: number;
}

/** So much may be open at a time. What the hub has set aside is not counted: those facts lie in the journal. */
export const OPEN_LIMITS = { entries: 20_000, chars: 256 * 1024 * 1024 } as const;

const HUB = 'hub';

/** What is open in the quarantine, without its text: how many, how much, and under which keys it came. */
export class OpenEntries {
  readonly #known = new Map<string, Known>();
  readonly #byKey = new Map<string, Set<string>>();
  #chars = 0;
  #atHub = 0;

  get count(): number {
    return this.#known.size - this.#atHub;
  }

  get countAtHub(): number {
    return this.#atHub;
  }

  get isFull(): boolean {
    return this.count >= OPEN_LIMITS.entries || this.#chars >= OPEN_LIMITS.chars;
  }

  /** Throws QUARANTINE_FULL. */
  requireRoomFor(entries: readonly Entry[]): void {
    const own = entries.filter(({ source }) => source !== HUB);
    if (own.length === 0) return;
    const chars = own.reduce((sum, { verbatim }) => sum + verbatim.length, 0);
    if (this.count + own.length <= OPEN_LIMITS.entries && this.#chars + chars <= OPEN_LIMITS.chars) return;
    throw new ShelfwireError(
      'QUARANTINE_FULL',
      `${this.count} are set aside already; at most ${OPEN_LIMITS.entries} of ${OPEN_LIMITS.chars} characters may be.`,
    );
  }

  add({ id, source, code, key, verbatim }: Entry): void {
    if (this.#known.has(id)) return;
    const isHubs = source === HUB;
    this.#known.set(id, { source, code, key, chars: isHubs ? 0 : verbatim.length });
    if (isHubs) this.#atHub += 1;
    else this.#chars += verbatim.length;
    if (key === null) return;
    const ids = this.#byKey.get(nameOf(source, key)) ?? new Set();
    this.#byKey.set(nameOf(source, key), ids.add(id));
  }

  delete(id: string): void {
    const known = this.#known.get(id);
    if (known === undefined) return;
    this.#known.delete(id);
    if (known.source === HUB) this.#atHub -= 1;
    this.#chars -= known.chars;
    if (known.key === null) return;
    const name = nameOf(known.source, known.key);
    const ids = this.#byKey.get(name);
    ids?.delete(id);
    if (ids?.size === 0) this.#byKey.delete(name);
  }

  /** Ids of what came from a source under these keys, with the key. */
  under(source: string, keys: readonly string[]): [id: string, key: string][] {
    if (this.#byKey.size === 0) return [];
    return keys.flatMap((key) =>
      [...(this.#byKey.get(nameOf(source, key)) ?? [])].map((id) => [id, key] as [string, string]),
    );
  }

  /** Ids of all of one source with one code. */
  of(source: string, code: string): string[] {
    return [...this.#known].flatMap(([id, known]) => (known.source === source && known.code === code ? [id] : []));
  }
}

const nameOf = (source: string, key: string): string => `${source}\n${key}`;

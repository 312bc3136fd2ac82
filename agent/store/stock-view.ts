import type { RxCollection } from 'rxdb';
import { Subject, type Observable, type Subscription } from 'rxjs';
import type { Logger } from '#shared/runtime/logger.ts';
import type { PositionDocument } from './collections/positions.ts';
import type { Device } from './device.ts';
import type { StoredFact } from './journal-log.ts';
import type { RxdbJournalLog } from './journal-log-rxdb.ts';
import type { StoreJournal } from './journal.ts';
import { readPlain } from './plain-query.ts';
import { SkuView, type HubPosition, type SkuEvent } from './sku-view.ts';
import { effectOf, eventsOf, reversalOf, type PlacedEvent } from './stock-events.ts';
import { comparePlace, type Place } from './stock-place.ts';

const PAGE = 500;

export interface StockViewParts {
  readonly journal: Pick<StoreJournal, 'epoch' | 'lastSeq' | 'onCommitted' | 'onMoved'>;
  readonly log: Pick<RxdbJournalLog, 'findByKeys' | 'read' | 'readSince' | 'readKind'>;
  readonly positions: RxCollection<PositionDocument>;
  readonly device: Pick<Device, 'state' | 'marks' | 'mark'>;
  readonly logger: Logger;
}

/**
 * The store's own view of its stock: the hub's positions with the local facts on top that they do not contain.
 *
 * - a fact is in the view as soon as its append has returned, online or not
 * - an event is unknown to a position while its place is beyond that position's watermark, so no fact is ever counted
 *   twice or left out, whatever has been acknowledged or pulled meanwhile
 * - memory holds unknown events, plus the known ones that come after an unknown count
 *
 * Not covered: taking back a count that the hub's position rests on shows with the next pull; so do other devices'
 * movements after a local count that the hub does not have.
 */
export class StockView {
  readonly #parts: StockViewParts;
  readonly #skus = new Map<string, SkuView>();
  /** The place of the first void of a key. */
  readonly #voids = new Map<string, Place>();
  readonly #changes = new Subject<readonly string[]>();
  readonly #endings: (() => void)[] = [];
  /** The last fact that is in the view: what comes again (a rebuild had read it) is passed over. */
  #taken: Place = { epoch: 0, seq: 0 };
  #lastPlace: Place = { epoch: 0, seq: 0 };
  /** Work that waits for the disk, in order; null when there is none. */
  #pending: Promise<void> | null = null;
  #rebuildDue = false;
  #closed = false;

  private constructor(parts: StockViewParts) {
    this.#parts = parts;
  }

  static async open(parts: StockViewParts): Promise<StockView> {
    const view = new StockView(parts);
    view.#enqueue(() => view.#rebuild());
    const changes: Subscription = parts.positions.eventBulks$.subscribe(({ events }) => {
      view.#enqueue(() => view.#takePositions(events.map(({ documentData }) => documentData)));
    });
    view.#endings.push(
      () => changes.unsubscribe(),
      parts.journal.onCommitted((facts) => view.#enqueue(() => view.#takeFacts(facts))),
      parts.journal.onMoved(() => view.#rebuildSoon()),
    );
    await view.settled();
    return view;
  }

  /** Skus whose number may have changed. */
  get changes$(): Observable<readonly string[]> {
    return this.#changes.asObservable();
  }

  /** Sellable units in this store. 0 for a sku that was never seen. */
  onHand(sku: string): number {
    return this.#skus.get(sku)?.onHand(this.#journalOf) ?? 0;
  }

  has(sku: string): boolean {
    return this.#skus.get(sku)?.isEmpty === false;
  }

  /** What the hub says, without this store's own facts on top. */
  hubPosition(sku: string): HubPosition | null {
    return this.#skus.get(sku)?.hub ?? null;
  }

  skus(): IterableIterator<string> {
    return this.#skus.keys();
  }

  get size(): number {
    return this.#skus.size;
  }

  /** The last fact of the journal that is in the numbers. */
  get taken(): Place {
    return this.#taken;
  }

  /** Every fact up to this place is contained in the positions that are stored here. */
  settledPlace(): Place {
    if (this.#pending) return this.#parts.device.marks.settled;
    let settled = this.#taken;
    for (const view of this.#skus.values()) {
      for (const { epoch, seq } of view.unknownPlaces()) {
        if (comparePlace({ epoch, seq }, settled) <= 0) settled = { epoch, seq: seq - 1 };
      }
    }
    return settled;
  }

  /** Resolves when all that has been appended and pulled so far is in the view. */
  async settled(): Promise<void> {
    while (this.#pending) await this.#pending;
  }

  async close(): Promise<void> {
    this.#closed = true;
    for (const end of this.#endings) end();
    await this.settled();
    this.#changes.complete();
  }

  readonly #journalOf = (epoch: number): number => {
    const known = this.#parts.device.state.journalNumbers.find((number) => number.epoch === epoch);
    return known?.journal ?? Number.MAX_SAFE_INTEGER;
  };

  /** Runs work in order; at once when nothing waits. */
  #enqueue(work: () => Promise<void> | undefined): void {
    if (this.#closed) return;
    const running = this.#pending ? this.#pending.then(work) : work();
    if (!running) return;
    const pending = running
      .catch((error: unknown) => {
        if (!this.#closed)
          this.#parts.logger.error({ err: error }, 'the view of stock could not be brought up to date');
      })
      .finally(() => {
        if (this.#pending === pending) this.#pending = null;
      });
    this.#pending = pending;
  }

  /** Once for all that is moved before it begins. */
  #rebuildSoon(): void {
    if (this.#rebuildDue) return;
    this.#rebuildDue = true;
    this.#enqueue(() => {
      this.#rebuildDue = false;
      return this.#rebuild();
    });
  }

  async #rebuild(): Promise<void> {
    const { log, positions, device, journal } = this.#parts;
    this.#skus.clear();
    this.#voids.clear();
    for await (const page of readPlain(positions))
      for (const document of page) this.#view(document.sku).setHub(this.#hubPosition(document));
    for await (const page of log.readKind('void')) for (const fact of page) this.#noteVoid(fact);
    const { settled } = device.marks;
    const counts: PlacedEvent[] = [];
    this.#taken = settled;
    // The present epoch last, and those before whose facts may not be in the positions yet.
    const epochs = new Set([settled.epoch, ...device.state.journalNumbers.map(({ epoch }) => epoch), journal.epoch]);
    for (const epoch of [...epochs].filter((one) => one >= settled.epoch).sort((a, b) => a - b)) {
      for (let from = epoch === settled.epoch ? settled.seq + 1 : 1; ; from = this.#taken.seq + 1) {
        const page = await log.read(epoch, from, PAGE);
        for (const fact of page) this.#noteVoid(fact);
        counts.push(...this.#addFacts(page));
        await this.#reverse(page.filter((fact) => this.#isFirstVoid(fact)));
        if (page.length < PAGE) break;
      }
    }
    await this.#loadKnown(counts);
    this.#changes.next([...this.#skus.keys()]);
  }

  #takeFacts(committed: readonly StoredFact[]): Promise<void> | undefined {
    const facts = committed.filter((fact) => comparePlace(fact, this.#taken) > 0);
    for (const fact of facts) this.#noteVoid(fact);
    const voids = facts.filter((fact) => this.#isFirstVoid(fact));
    const counts = this.#addFacts(facts);
    this.#changes.next(touched(facts));
    if (voids.length === 0 && counts.every(({ sku }) => !this.#skus.get(sku)?.hub)) return undefined;
    return this.#reverse(voids).then(async (reversed) => {
      await this.#loadKnown(counts);
      this.#changes.next([...reversed, ...counts.map(({ sku }) => sku)]);
    });
  }

  #takePositions(documents: readonly PositionDocument[]): Promise<void> | undefined {
    let lowest: Place | undefined;
    for (const document of documents) {
      const view = this.#view(document.sku);
      const hub = this.#hubPosition(document);
      // The hub's database is an older one: facts that it knew it does not know any more.
      const isBehind = view.hub && comparePlace(hub.place, view.hub.place) < 0;
      if (isBehind && (!lowest || comparePlace(hub.place, lowest) < 0)) lowest = hub.place;
      view.setHub(hub);
    }
    this.#changes.next(documents.map(({ sku }) => sku));
    if (!lowest) return undefined;
    if (comparePlace(lowest, this.#parts.device.marks.settled) < 0) this.#parts.device.mark({ settled: lowest });
    return this.#rebuild();
  }

  /** Adds what facts say; returns the counts among it. What a void takes back is left to `#reverse`. */
  #addFacts(facts: readonly StoredFact[]): PlacedEvent[] {
    const counts: PlacedEvent[] = [];
    for (const fact of facts) {
      this.#taken = { epoch: fact.epoch, seq: fact.seq };
      const voidPlace = this.#voids.get(fact.key);
      const voidedBefore = voidPlace && (comparePlace(voidPlace, fact) < 0 || fact.kind === 'count');
      if (voidedBefore) continue;
      for (const placed of eventsOf(fact)) {
        this.#view(placed.sku).add(placed.event);
        if (placed.event.kind === 'count') counts.push(placed);
      }
    }
    return counts;
  }

  /** Takes the targets of voids back that were journaled before them; returns the skus. */
  async #reverse(voids: readonly StoredFact[]): Promise<string[]> {
    if (voids.length === 0) return [];
    const targets = await this.#parts.log.findByKeys(voids.flatMap((fact) => voidedKey(fact) ?? []));
    const skus: string[] = [];
    for (const target of targets) {
      const voidPlace = this.#voids.get(target.key);
      if (!voidPlace || comparePlace(voidPlace, target) < 0) continue;
      for (const { sku, event } of reversalOf(target, voidPlace)) {
        this.#view(sku).add(event);
        skus.push(sku);
      }
      if (target.kind !== 'count') continue;
      for (const { sku } of target.body.lines) {
        this.#view(sku).removeCount(target);
        skus.push(sku);
      }
    }
    return skus;
  }

  /** Brings events back from the journal that the hub's positions contain and that come after unknown counts. */
  async #loadKnown(counts: readonly PlacedEvent[]): Promise<void> {
    const needed = counts.filter(({ sku }) => this.#skus.get(sku)?.hub);
    if (needed.length === 0) return;
    const events = new Map<string, SkuEvent[]>(needed.map(({ sku }) => [sku, []]));
    const since = Math.min(...needed.map(({ event }) => event.at));
    for await (const page of this.#parts.log.readSince(since)) {
      for (const fact of page) {
        if (comparePlace(fact, this.#taken) > 0) continue;
        for (const { sku, event } of effectOf(fact, this.#voids.get(fact.key))) events.get(sku)?.push(event);
      }
    }
    for (const [sku, known] of events) this.#view(sku).setKnown(known);
  }

  #noteVoid(fact: StoredFact): void {
    const key = voidedKey(fact);
    if (key === undefined) return;
    const before = this.#voids.get(key);
    if (!before || comparePlace(fact, before) < 0) this.#voids.set(key, { epoch: fact.epoch, seq: fact.seq });
  }

  #isFirstVoid(fact: StoredFact): boolean {
    const key = voidedKey(fact);
    const first = key === undefined ? undefined : this.#voids.get(key);
    return first !== undefined && comparePlace(first, fact) === 0;
  }

  #hubPosition({ onHand, damaged, quarantined, anchor, journal, watermark }: PositionDocument): HubPosition {
    const epoch = this.#parts.device.state.journalNumbers.find((number) => number.journal === journal)?.epoch ?? 0;
    const placedAnchor = anchor
      ? { order: { at: anchor.at, journal: anchor.journal, seq: anchor.seq }, quantity: anchor.quantity }
      : null;
    // Most positions were told together: one place serves them all.
    const last = this.#lastPlace;
    if (last.epoch !== epoch || last.seq !== watermark) this.#lastPlace = { epoch, seq: watermark };
    return { state: { onHand, damaged, quarantined, anchor: placedAnchor }, place: this.#lastPlace };
  }

  #view(sku: string): SkuView {
    let view = this.#skus.get(sku);
    if (!view) this.#skus.set(sku, (view = new SkuView()));
    return view;
  }
}

function voidedKey(fact: StoredFact): string | undefined {
  return fact.kind === 'void' ? fact.body.voids : undefined;
}

function touched(facts: readonly StoredFact[]): string[] {
  return [...new Set(facts.flatMap((fact) => ('lines' in fact.body ? fact.body.lines.map(({ sku }) => sku) : [])))];
}

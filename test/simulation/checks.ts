import type { StoredFact } from '#agent/store/journal-log.ts';
import type { StoreJournal } from '#agent/store/journal.ts';
import type { IncomingFrame } from '#hub/ledger/incoming.ts';
import type { Answer } from '#shared/protocol/events.ts';
import type { FactContent } from '#shared/protocol/fact.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { welcome } from '#shared/protocol/messages/hello.ts';
import { push, pushAnswer } from '#shared/protocol/messages/push.ts';
import type { Agent } from './agent.ts';
import type { Database, DatabaseBackup } from './database.ts';
import type { HeldFacts } from './ledger.ts';
import { differenceOfPositions } from './positions.ts';
import type { Acknowledgement, Record } from './record.ts';
import type { World } from './world.ts';

/** Beyond so many facts of a location the whole fold is not made at each commit. */
const FOLD_EACH_TIME_MAX = 300;
const FOLD_EVERY = 64;

/** What must hold at every moment. */
export class Checks {
  readonly #world: World;
  readonly #database: Database;
  readonly #record: Record;
  /** `at` of the last live fact, by device (S5). */
  readonly #lastAt = new Map<number, number>();
  readonly #watermarks = new Map<number, number>();
  /** The highest watermark that was ever committed, by "device epoch". */
  readonly #durable = new Map<string, number>();
  #hubWasRestored = false;
  /** The checkpoint last seen in this life of the process, by device and epoch. */
  readonly #checkpoints = new Map<number, Map<number, number>>();
  /** Devices that may begin a new epoch: they were restored and have not come to terms with the hub since. */
  readonly #restored = new Set<number>();
  /** Facts of a location that have been looked at, in the order of their commit. */
  readonly #looked = new Map<number, number>();
  #factsAside = 0;
  readonly #hubNow: () => number;
  #commits = 0;

  constructor(world: World, database: Database, record: Record, hubNow: () => number) {
    this.#world = world;
    this.#hubNow = hubNow;
    this.#database = database;
    this.#record = record;
  }

  /** Facts have reached the disk of a device. */
  written(agent: Agent, facts: readonly StoredFact[], how: 'appended' | 'moved' | 'left'): void {
    const { device, location, disk } = agent.parts;
    this.#record.write(device, location, facts);
    if (how === 'moved') return;
    for (const fact of facts) this.#isAfterLast(agent, fact);
    const first = facts[0];
    if (how === 'left' || !first || first.key.startsWith('hole:')) return;
    const there = disk.platter.epoch(first.epoch);
    const place = there.findIndex(({ key }) => key === first.key);
    const before = there[place - 1];
    const isNext = before === undefined || before.seq === first.seq - 1;
    const isRun = facts.every(({ seq }, index) => seq === first.seq + index) && there.at(-1)?.key === facts.at(-1)?.key;
    if (isNext && isRun) return;
    this.#world.violate(
      'F3',
      `${agent.name}: seqs ${facts.map(({ seq }) => seq).join(',')} follow ${before?.seq ?? 0}`,
    );
  }

  /** An old backup lies on the disk: its past is the past. */
  restored(agent: Agent): void {
    const { device, disk } = agent.parts;
    const lastAt = Iterator.from(disk.platter.facts.values()).reduce((last, { at }) => Math.max(last, at), 0);
    this.#lastAt.set(device, lastAt);
    this.#checkpoints.delete(device);
    this.#restored.add(device);
  }

  /** The hub's database is about to become an older one: what only it held is lost, and nobody can be blamed. */
  hubRestoring({ held }: DatabaseBackup, agents: readonly Agent[]): void {
    const disks = new Map(agents.map(({ parts }) => [parts.device, parts.disk.platter.facts]));
    for (const told of this.#record.acknowledged) {
      const isOnDisk = disks.get(told.device)?.get(told.key)?.digest === told.digest;
      if (!isOnDisk && !this.#isIn(held, told.location, told.key, told.digest)) told.lost = true;
    }
  }

  hubRestored(): void {
    this.#hubWasRestored = true;
    this.#watermarks.clear();
    this.#looked.clear();
    this.#factsAside = this.#database.held.factsAhead.size;
  }

  /** The journal of a device is open: whole, and with everything that was acknowledged. */
  opened(agent: Agent, journal: Pick<StoreJournal, 'epoch' | 'lastSeq' | 'prunedSeq'>): void {
    const { epoch, lastSeq, prunedSeq } = journal;
    const { device, disk } = agent.parts;
    this.#checkpoints.delete(device);
    const seqs = disk.platter.epoch(epoch).flatMap(({ seq }) => (seq > prunedSeq ? [seq] : []));
    const isGapless = seqs.length === lastSeq - prunedSeq && seqs.every((seq, place) => seq === prunedSeq + 1 + place);
    if (!isGapless) {
      const found = seqs.length > 40 ? `${seqs.length} seqs` : seqs.join(',');
      this.#world.violate('F3', `${agent.name}: opened with lastSeq ${lastSeq}, pruned ${prunedSeq}, and ${found}`);
    }
    for (const told of this.#record.acknowledgedBy(device)) this.isSafe(agent, told);
  }

  /** An acknowledged fact is on the disk, or was pruned because the hub has it. */
  isSafe(agent: Agent, told: Acknowledgement): void {
    const there = agent.parts.disk.platter.facts.get(told.key);
    if (told.lost || there?.digest === told.digest || this.isAtHub(told.location, told.key, told.digest)) return;
    this.#world.violate('F2', `${agent.name}: "${told.key}" was acknowledged and is not on its disk`);
  }

  /** The hub holds this content under this key, or has set it aside. */
  isAtHub(location: number, key: string, digest: string): boolean {
    return this.#isIn(this.#database.held, location, key, digest);
  }

  #isIn({ facts, quarantine }: HeldFacts, location: number, key: string, digest: string): boolean {
    if (facts.get(`${location} ${key}`)?.digest === digest) return true;
    const isUnreadable = this.#record.isUnreadable(location, key);
    return quarantine.some((aside) => {
      if (aside.location !== location) return false;
      if (aside.digest !== null) return aside.key === key && aside.digest === digest;
      return isUnreadable && (aside.key === key || aside.verbatim?.includes(key) === true);
    });
  }

  /** Retention takes facts off the disk. */
  removed(agent: Agent, facts: readonly StoredFact[]): void {
    const { location, device } = agent.parts;
    const early = facts.filter(({ key, digest }) => !key.startsWith('hole:') && !this.isAtHub(location, key, digest));
    for (const { key, epoch, seq } of early) {
      // The hub had it, was restored, and has not told this agent yet.
      if (seq <= this.#database.watermark(device, epoch) || seq > (this.#durable.get(`${device} ${epoch}`) ?? 0)) {
        this.#world.violate('S1', `${agent.name}: "${key}" was pruned and the hub does not have it`);
      }
      for (const told of this.#record.acknowledgedBy(device)) if (told.key === key) told.lost = true;
    }
  }

  /** What the device believes and what its disk says is never ahead of what the hub has committed (S1). */
  checkpoint(agent: Agent): void {
    const { running, name, parts } = agent;
    if (!running) return;
    // Marks speak of the epoch in the device's document; while a new one is being begun the journal is in the old.
    const epoch = running.device.load()?.epoch ?? 0;
    const { ackedSeq } = running.device.marks;
    // What the hub has ever had: a restored one has less, until it tells the agent.
    const durable = this.#durable.get(`${parts.device} ${epoch}`) ?? 0;
    if (ackedSeq > durable) this.#world.violate('S1', `${name}: checkpoint ${ackedSeq} ahead of watermark ${durable}`);
    let seen = this.#checkpoints.get(parts.device);
    if (!seen) this.#checkpoints.set(parts.device, (seen = new Map()));
    const before = seen.get(epoch);
    const needless =
      before === undefined && seen.size > 0 && !this.#restored.has(parts.device) && !this.#hubWasRestored;
    if (needless && [...seen.keys()].every((known) => this.#database.isAllMerged(parts.device, known))) {
      this.#world.violate('F3', `${name}: begins a new epoch though nothing was lost`);
    }
    if (before !== undefined && before > ackedSeq && !this.#hubWasRestored) {
      this.#world.violate('S1', `${name}: checkpoint went back from ${before} to ${ackedSeq}`);
    }
    if (before !== ackedSeq) seen.set(epoch, ackedSeq);
  }

  /** The hub says something: only what is committed, in the shape that was agreed. */
  answered(agent: Agent, event: string, message: unknown, answer: Answer<unknown>): void {
    if (event !== 'push' && event !== 'hello') return;
    this.#world.note('hub', `answers ${event} of ${agent.name}: ${described(answer)}`);
    if (!answer.ok) return;
    const asked = event === 'push' ? push.parse(message).epoch : (message as { epoch: number }).epoch;
    const read = event === 'push' ? pushAnswer.safeParse(answer.value) : welcome.safeParse(answer.value);
    if (!read.success) {
      this.#world.violate('X2', `the hub answers ${event} in a wrong shape: ${read.error.message}`);
      return;
    }
    if (event === 'push') this.#restored.delete(agent.parts.device);
    const said = 'ackedSeq' in read.data ? read.data.ackedSeq : read.data.watermark;
    const durable = this.#database.watermark(agent.parts.device, asked);
    if (said > durable) this.#world.violate('S1', `the hub tells ${agent.name} ${said}, committed is ${durable}`);
  }

  /** The hub's database has committed. */
  committed(frames: readonly IncomingFrame[]): void {
    this.#commits += 1;
    const runs = frames.map(({ journal, fromSeq, facts }) => `${journal}:${fromSeq}-${fromSeq + facts.length - 1}`);
    this.#world.note('database', `committed ${runs.join(' ')}`);
    for (const journal of new Set(frames.map((frame) => frame.journal))) this.#watermark(journal);
    for (const location of new Set(frames.map((frame) => frame.location))) {
      this.#factsAhead(location);
      const held = this.#database.held.byLocation.get(location) ?? [];
      if (held.length <= FOLD_EACH_TIME_MAX || this.#commits % FOLD_EVERY === 0) this.positions(location);
    }
  }

  /**
   * A count or an addition in the ledger was never ahead of the hub's clock by more than the limit, and only such a one is set
   * aside.
   */
  #factsAhead(location: number): void {
    const { byLocation, factsAhead } = this.#database.held;
    const now = this.#hubNow();
    const there = byLocation.get(location) ?? [];
    for (const { key, content, order } of there.slice(this.#looked.get(location) ?? 0)) {
      if (order.at <= now + LIMITS.factAheadMs || !mayPromise(content)) continue;
      this.#world.violate(
        'S5',
        `${content.kind} "${key}" of location ${location} is ${order.at - now} ms ahead and was merged`,
      );
    }
    this.#looked.set(location, there.length);
    for (const [name, { content, at }] of [...factsAhead].slice(this.#factsAside)) {
      const { kind } = content;
      this.#world.note('database', `sets ${kind} ${name} aside, ${at - now} ms ahead`);
      // It may have waited for the commit, though not for minutes.
      if (mayPromise(content) && at > now + LIMITS.factAheadMs / 2) continue;
      this.#world.violate('S5', `${kind} "${name}" is ${at - now} ms ahead and was set aside`);
    }
    this.#factsAside = factsAhead.size;
  }

  /** Positions are the fold of the facts that the hub holds (M1, M2, M3, M5; each fact once: F4). */
  positions(location: number): void {
    const { byLocation, inventory } = this.#database.held;
    const difference = differenceOfPositions(inventory, byLocation.get(location) ?? [], location);
    if (difference) this.#world.violate('M1', `positions of location ${location} are not the fold: ${difference}`);
  }

  /** Up to its watermark the hub holds every fact, each under the seq that its device gave it. */
  #watermark(number: number): void {
    const journal = this.#database.journals.get(number)!;
    const { watermark, device, epoch } = journal;
    const before = this.#watermarks.get(number) ?? 0;
    this.#watermarks.set(number, watermark);
    const place = `${device} ${epoch}`;
    this.#durable.set(place, Math.max(watermark, this.#durable.get(place) ?? 0));
    if (watermark < before) this.#world.violate('S1', `watermark of journal ${number} went back to ${watermark}`);
    const seqs = this.#database.held.seqs.get(number) ?? [];
    for (let seq = before + 1; seq <= watermark; seq++) {
      const held = seqs[seq - 1];
      if (!held) {
        this.#world.violate('S1', `watermark of journal ${number} is ${watermark}, seq ${seq} is not held`);
        return;
      }
      const keys = this.#record.keysAt(device, epoch, seq);
      if (held.key === null ? keys !== undefined : keys?.has(held.key) === true) continue;
      this.#world.violate(
        'F3',
        `the hub holds "${held.key}" as ${device}/${epoch}/${seq}, which the device never wrote`,
      );
    }
  }

  #isAfterLast(agent: Agent, fact: StoredFact): void {
    const { device } = agent.parts;
    const isImported = 'occurredAt' in fact.body && fact.body.occurredAt !== undefined;
    const last = this.#lastAt.get(device) ?? 0;
    if (isImported) {
      if (fact.at > (fact.body as { occurredAt: number }).occurredAt) {
        this.#world.violate('S5', `${agent.name}: imported "${fact.key}" is later than its till says`);
      }
      return;
    }
    if (fact.at < last) this.#world.violate('S5', `${agent.name}: "${fact.key}" at ${fact.at} is before ${last}`);
    this.#lastAt.set(device, Math.max(last, fact.at));
  }
}

function described(answer: Answer<unknown>): string {
  if (!answer.ok) return answer.error.code;
  const value = answer.value as { ackedSeq?: number; watermark?: number; duplicates?: number; quarantined?: object[] };
  const { ackedSeq, watermark, duplicates = 0, quarantined = [] } = value;
  return `up to ${ackedSeq ?? watermark}, ${duplicates} duplicates, ${quarantined.length} quarantined`;
}

/** Whether it could promise units that are not there, as the rule says and not as the hub does. */
function mayPromise({ kind, body }: FactContent): boolean {
  switch (kind) {
    case 'count':
      return true;
    case 'transferIn':
      return body.lines.length > 0;
    case 'receipt':
      return body.lines.some(({ condition }) => condition === undefined || condition === 'sellable');
    case 'return':
      return body.lines.some(({ condition, service }) => condition === 'sellable' && !service);
    case 'adjustment':
      return body.lines.some(
        ({ condition = 'sellable', to = condition, quantity }) => to === 'sellable' && quantity > 0,
      );
    case 'sale':
    case 'transferOut':
    case 'task':
    case 'void':
      return false;
    default:
      return kind satisfies never;
  }
}

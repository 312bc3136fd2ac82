import type { MergeableFact } from '#shared/stock/merge.ts';
import type { Agent } from './agent.ts';
import type { Checks } from './checks.ts';
import type { Database } from './database.ts';
import type { HeldSeq } from './ledger.ts';
import { differenceOfPositions, differenceOfTransfers } from './positions.ts';
import type { Acknowledgement, Record, WrittenFact } from './record.ts';
import type { World } from './world.ts';

/** What must hold when faults have stopped and everything has been said (S2). */
export class Convergence {
  readonly #world: World;
  readonly #database: Database;
  readonly #record: Record;
  readonly #checks: Checks;

  constructor(parts: { world: World; database: Database; record: Record; checks: Checks }) {
    this.#world = parts.world;
    this.#database = parts.database;
    this.#record = parts.record;
    this.#checks = parts.checks;
  }

  /** Why it is not reached yet; null when it is. */
  async missing(agents: readonly Agent[]): Promise<string | null> {
    for (const { running, name, parts } of agents) {
      if (!running) return `${name} is down`;
      const { epoch, lastSeq } = running.journal;
      const { ackedSeq } = running.device.marks;
      const watermark = this.#database.watermark(parts.device, epoch);
      const where = `acked ${ackedSeq}, last ${lastSeq}, watermark ${watermark}`;
      if (ackedSeq < lastSeq || watermark < lastSeq) return `${name}: ${where}`;
      for (const fact of parts.disk.platter.facts.values()) {
        const isBehind = fact.epoch < epoch && fact.seq > this.#database.watermark(parts.device, fact.epoch);
        if (isBehind) return `${name}: the hub lacks "${fact.key}", seq ${fact.seq} of epoch ${fact.epoch}`;
      }
      const { phase, backlog } = await running.sync.status();
      if (backlog > 0) return `${name} is ${phase}, backlog ${backlog}, ${where}`;
    }
    return null;
  }

  /** Compares everything that was acknowledged with what the hub has. */
  verify(agents: readonly Agent[]): void {
    for (const told of this.#record.acknowledged) if (!told.lost) this.#isAtHub(told);
    for (const agent of agents) this.#isWhatTheHubTook(agent);
    const all: MergeableFact[] = [];
    for (const location of new Set(agents.map((agent) => agent.parts.location))) {
      this.#checks.positions(location);
      const facts = this.#oracle(location);
      all.push(...facts);
      const difference = differenceOfPositions(this.#database.held.inventory, facts, location);
      if (difference) this.#world.violate('S2', `positions are not the fold of what was acknowledged: ${difference}`);
    }
    const difference = differenceOfTransfers(this.#database.held.inventory, all);
    if (difference) this.#world.violate('M7', `transfers are not what was acknowledged: ${difference}`);
  }

  #isAtHub({ location, key, digest }: Acknowledgement): void {
    if (this.#checks.isAtHub(location, key, digest)) return;
    const what = `"${key}" of location ${location} was acknowledged to the till and`;
    if (this.#record.isUnreadable(location, key)) {
      this.#world.violate('F5', `${what} is neither readable for the hub nor set aside there`);
    } else if (this.#database.held.facts.has(`${location} ${key}`)) {
      this.#world.violate('F4', `${what} has another content at the hub, which was not set aside`);
    } else {
      this.#world.violate('F2', `${what} is not at the hub`);
    }
  }

  /** Each fact of the agent's present epoch is the one that the hub holds under its seq. */
  #isWhatTheHubTook({ parts: { device, disk }, running, name }: Agent): void {
    if (!running) return;
    const journal = this.#database.journalOf(device, running.journal.epoch);
    const seqs = this.#database.held.seqs.get(journal?.journal ?? 0) ?? [];
    for (const { seq, key, digest } of disk.platter.epoch(running.journal.epoch)) {
      const held = seqs[seq - 1];
      // Beyond lastSeq lies what a failed write has left: nobody was told of it, and the next commit finds it.
      if (seq > running.journal.lastSeq || (held && isSame(held, key, digest))) continue;
      this.#world.violate('F3', `${name} has "${key}" as seq ${seq}, the hub has "${held?.key ?? 'nothing'}"`);
      return;
    }
  }

  /** The facts of a location from the agents' side: acknowledged ones, and what else the hub has of written ones. */
  #oracle(location: number): MergeableFact[] {
    const { held } = this.#database;
    const keys = new Set<string>();
    for (const told of this.#record.acknowledged) if (!told.lost && told.location === location) keys.add(told.key);
    for (const fact of held.byLocation.get(location) ?? []) keys.add(fact.key);
    return [...keys].flatMap((key) => {
      const isAside = this.#record.isUnreadable(location, key) || held.factsAhead.has(`${location} ${key}`);
      if (isAside && !held.facts.has(`${location} ${key}`)) return [];
      const taken = held.facts.get(`${location} ${key}`)?.order;
      const written = this.#record.written(location, key);
      // Where a key was written more than once (two devices, a restored one), the hub's choice counts.
      const one = written.find((fact) => taken && this.#isAt(fact, taken));
      if (!one) {
        this.#world.violate('F1', `the hub holds "${key}" of location ${location} as no device has written it`);
        return [];
      }
      const { at, seq, digest } = one;
      const content = { kind: one.kind, body: one.body } as MergeableFact['content'];
      return [{ location, key, digest, content, order: { at, seq, journal: taken?.journal ?? 0 } }];
    });
  }

  #isAt(fact: WrittenFact, order: MergeableFact['order']): boolean {
    const journal = this.#database.journals.get(order.journal);
    const isThere = journal?.device === fact.device && journal.epoch === fact.epoch;
    return isThere && fact.seq === order.seq && fact.at === order.at;
  }
}

/** What the hub could not read has neither key nor digest there. */
function isSame(held: HeldSeq, key: string, digest: string): boolean {
  return (held.key === null || held.key === key) && (held.digest === null || held.digest === digest);
}

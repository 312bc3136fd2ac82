import type { IntakeResult } from '#agent/pos/intake.ts';
import type { AppendResult } from '#agent/store/journal-contract.ts';
import type { FactDraft } from '#shared/protocol/fact.ts';
import type { Agent, Running } from './agent.ts';
import type { Checks } from './checks.ts';
import type { Record } from './record.ts';
import { digestOfAct, type Act, type StoreWorkload } from './workload.ts';
import type { Dice, World } from './world.ts';

const SOURCE = 'http:till';

export interface TillParts {
  readonly world: World;
  readonly agent: Agent;
  readonly workload: StoreWorkload;
  readonly record: Record;
  readonly checks: Checks;
  readonly dice: Dice;
  /** Acts to tell, and the time that they are spread over. */
  readonly acts: number;
  readonly overMs: number;
}

/** A till: tells what happens to its agent, and tells it again until it is acknowledged. */
export class Till {
  /** The agent was restored: it must hear from the hub before it sells (a known gap, see README.md). */
  readonly #parts: TillParts;
  #left: number;
  #done = false;

  constructor(parts: TillParts) {
    this.#parts = parts;
    this.#left = parts.acts;
  }

  get isDone(): boolean {
    return this.#done;
  }

  async run(): Promise<void> {
    const { world, dice, acts, overMs, workload } = this.#parts;
    while (this.#left > 0) {
      const count = Math.min(this.#left, dice.chance(0.35) ? dice.int(2, 12) : 1);
      // In a hurry when the time is over.
      const gapMs = Math.min(overMs / 8, (2 * overMs * count) / acts);
      await world.sleep(world.nowMs < overMs ? dice.between(0, gapMs) : 1_000);
      const told = workload.next(count);
      this.#left -= Math.max(1, told.length);
      await this.#tell(told);
    }
    this.#done = true;
  }

  async #tell(acts: readonly Act[]): Promise<void> {
    const { world, dice, record, agent } = this.#parts;
    const { location } = agent.parts;
    for (const act of acts) {
      if (act.quality === 'poison' || act.quality === 'unreadable') record.unreadable(location, act.key);
    }
    for (let attempt = 1; ; attempt++) {
      if (await this.#offer(acts)) return;
      // Some customers do not wait: what was not acknowledged may be there or not.
      if (attempt > 1 && dice.chance(0.05)) return;
      await world.sleep(dice.between(200, 5_000));
    }
  }

  /** True when all of it was answered. */
  async #offer(acts: readonly Act[]): Promise<boolean> {
    const { agent, world } = this.#parts;
    const { running } = agent;
    if (!running) return false;
    const answer = this.#submit(running, acts);
    for (;;) {
      // A process that dies answers nothing.
      const isOver = world.sleep(2_000).then(() => (running.life.isOver ? false : null));
      const outcome = await Promise.race([answer, isOver]);
      if (outcome !== null) return outcome;
    }
  }

  async #submit({ journal, intake }: Running, acts: readonly Act[]): Promise<boolean> {
    const { agent, world } = this.#parts;
    const odd = acts.filter(({ quality }) => quality === 'unreadable');
    const usual = acts.filter(({ quality }) => quality !== 'unreadable');
    try {
      const oddResults = odd.length > 0 ? await journal.append(odd.map(newerDraft)) : [];
      for (const [place, result] of oddResults.entries()) this.#heard(odd[place]!, result);
      const arrivals = usual.map(({ key, kind, body }) => {
        return { submission: { key, kind, body }, verbatim: () => JSON.stringify({ key, kind, body }) };
      });
      const results = await intake.take(SOURCE, arrivals);
      for (const [place, result] of results.entries()) this.#heard(usual[place]!, result);
      return true;
    } catch (error) {
      world.note(agent.name, `did not take: ${error instanceof Error ? error.message : String(error)}`);
      return false;
    }
  }

  #heard(act: Act, result: IntakeResult | AppendResult): void {
    const { agent, record, world, checks } = this.#parts;
    const { device, location, disk } = agent.parts;
    if (result.status === 'refused') {
      const isKept = Iterator.from(disk.platter.quarantine.values()).some(
        ({ code, verbatim }) => code === result.code && verbatim.includes(`"${act.key}"`),
      );
      if (!isKept) world.violate('F5', `${agent.name}: "${act.key}" was refused (${result.code}) and is kept nowhere`);
      if (act.quality !== 'malformed' && !REFUSALS_OF_SOUND.has(result.code)) {
        world.violate('F5', `${agent.name}: "${act.key}" is sound and was refused: ${result.code} ${result.detail}`);
      }
      return;
    }
    const told = { location, device, key: act.key, digest: digestOfAct(act), at: result.at, lost: false };
    record.acknowledge(told);
    checks.isSafe(agent, told);
    world.note(agent.name, `${result.status} ${act.kind} ${act.key} seq ${result.seq} at ${result.at}`);
  }
}

/** What is refused for what was journaled before, however well it is written. */
const REFUSALS_OF_SOUND: ReadonlySet<string> = new Set(['KEY_REUSED', 'VOID_OF_VOID']);

function newerDraft({ key, kind, body }: Act): FactDraft {
  return { key, kind, body, source: SOURCE } as FactDraft;
}

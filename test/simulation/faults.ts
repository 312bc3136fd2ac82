import type { Agent } from './agent.ts';
import { GOOD_DATABASE, type Database, type DatabaseBackup } from './database.ts';
import type { Hub } from './hub.ts';
import { anyStep } from './machine.ts';
import { GOOD_LINE } from './network.ts';
import type { Platter } from './platter.ts';
import type { Dice, Moments, World } from './world.ts';

const SECOND = 1_000;
/** A restored machine is away so long: nothing that it had sent before is still under way. */
const RESTORING_MS = 100 * SECOND;

export interface FaultParts {
  readonly world: World;
  readonly agents: readonly Agent[];
  readonly hub: Hub;
  readonly database: Database;
  readonly untilMs: number;
  readonly intensity: number;
  /** An old backup is about to take the place of a disk, or has. */
  readonly restoring: (agent: Agent, backup: Platter) => void;
  readonly restored: (agent: Agent) => void;
  /** The same of the hub's database. */
  readonly hubRestoring: (backup: DatabaseBackup) => void;
  readonly hubRestored: () => void;
}

type Fault<Target> = readonly [weight: number, name: string, happen: (target: Target, dice: Dice) => Promise<void>];

/** Lets things go wrong until the time is over, and makes everything right then. Wrong clocks stay wrong. */
export class Faults {
  readonly #parts: FaultParts;
  readonly #backups = new Map<Agent, Platter>();
  #hubBackup: DatabaseBackup | null = null;

  constructor(parts: FaultParts) {
    this.#parts = parts;
  }

  start(): void {
    const { world, agents, hub, database, untilMs, intensity } = this.#parts;
    world.after(untilMs, () => this.#heal());
    if (intensity === 0) return;
    for (const agent of agents) {
      this.#haunt(`line of ${agent.name}`, agent, this.#lineFaults, 50 * SECOND);
      this.#haunt(`of ${agent.name}`, agent, this.#agentFaults, 45 * SECOND);
    }
    this.#haunt('of the hub', hub, this.#hubFaults, 90 * SECOND);
    // Most hubs never need their backup: in those runs nothing may go back.
    if (world.random('disasters').chance(0.4)) this.#haunt('of the hub', hub, this.#hubDisasters, 120 * SECOND);
    this.#haunt('of the database', database, this.#databaseFaults, 70 * SECOND);
  }

  readonly #lineFaults: readonly Fault<Agent>[] = [
    [
      4,
      'line cut',
      async ({ parts: { line } }, dice) => {
        await this.#amid(line.messages, 40, dice);
        line.cut();
      },
    ],
    [
      3,
      'line silent',
      async ({ parts: { line } }, dice) => {
        line.silence();
        await this.#parts.world.sleep(dice.between(2, 100) * SECOND);
        line.condition = GOOD_LINE;
      },
    ],
    [
      2,
      'line bad',
      async ({ parts: { line } }, dice) => {
        const share = () => dice.pick([0, 0.05, 0.3]);
        const delayMsMax = dice.pick([100, 3_000, 15_000]);
        line.condition = { ...GOOD_LINE, delayMsMax, lost: share(), doubled: share(), overtaken: share() };
        await this.#parts.world.sleep(dice.between(20, 120) * SECOND);
        line.condition = GOOD_LINE;
      },
    ],
  ];

  readonly #agentFaults: readonly Fault<Agent>[] = [
    [
      4,
      'crash',
      async (agent, dice) => {
        await this.#amid(agent.parts.disk.writes, 5, dice);
        agent.crash();
        await this.#parts.world.sleep(dice.between(0.3, 20) * SECOND);
        agent.start();
      },
    ],
    [
      1,
      'stop',
      async (agent, dice) => {
        // A slow one is killed.
        await Promise.race([agent.stop(), this.#parts.world.sleep(20 * SECOND)]);
        agent.crash();
        await this.#parts.world.sleep(dice.between(0.3, 20) * SECOND);
        agent.start();
      },
    ],
    [
      1,
      'disk full',
      async ({ parts: { disk } }, dice) => {
        disk.isFull = true;
        await this.#parts.world.sleep(dice.between(3, 60) * SECOND);
        disk.isFull = false;
      },
    ],
    [
      4,
      'disk failing',
      async ({ parts: { disk } }, dice) => {
        disk.failing = dice.pick([0.2, 0.7]);
        for (let writes = dice.int(1, 6); writes > 0; writes--) {
          await Promise.race([disk.writes.next(), this.#parts.world.sleep(20 * SECOND)]);
        }
        await this.#parts.world.sleep(dice.between(1, 20));
        disk.failing = 0;
      },
    ],
    [4, 'clock step', async ({ parts: { machine } }, dice) => machine.step(anyStep(dice))],
    [
      3,
      'prune',
      async (agent, dice) => {
        // A crash of the process in between leaves it unfinished for ever.
        const pruning = agent.prune().then((count) => this.#parts.world.note(agent.name, `pruned ${count}`));
        await Promise.race([pruning.catch(() => undefined), this.#parts.world.sleep(5 * SECOND)]);
        if (dice.chance(0.5)) return;
        agent.crash();
        await this.#parts.world.sleep(dice.between(0.3, 5) * SECOND);
        agent.start();
      },
    ],
    [2, 'backup', async (agent) => void this.#backups.set(agent, agent.parts.disk.platter.copy())],
    [2, 'restore', (agent, dice) => this.#restore(agent, dice)],
  ];

  readonly #hubFaults: readonly Fault<Hub>[] = [
    [
      3,
      'crash',
      async (hub, dice) => {
        await this.#amid(this.#parts.database.transactions, 20, dice);
        hub.crash();
        for (const { parts } of this.#parts.agents) parts.line.lostSide('hub');
        await this.#parts.world.sleep(dice.between(0.5, 30) * SECOND);
        hub.start();
      },
    ],
    [
      1,
      'stop',
      async (hub, dice) => {
        await Promise.race([hub.stop(), this.#parts.world.sleep(30 * SECOND)]);
        hub.crash();
        for (const { parts } of this.#parts.agents) parts.line.lostSide('hub');
        await this.#parts.world.sleep(dice.between(0.5, 10) * SECOND);
        hub.start();
      },
    ],
  ];

  readonly #hubDisasters: readonly Fault<Hub>[] = [
    [1, 'backup', async () => void (this.#hubBackup = this.#parts.database.backup())],
    [1, 'restore', (hub) => this.#restoreHub(hub)],
  ];

  readonly #databaseFaults: readonly Fault<Database>[] = [
    [
      1,
      'away',
      async (database, dice) => {
        await this.#amid(database.transactions, 20, dice);
        database.goAway();
        await this.#parts.world.sleep(dice.between(1, 40) * SECOND);
        database.condition = GOOD_DATABASE;
      },
    ],
    [
      2,
      'bad',
      async (database, dice) => {
        const share = () => dice.pick([0, 0.1, 0.4]);
        database.condition = { isAway: false, slow: share(), failsBefore: share(), answerLost: share() };
        await this.#parts.world.sleep(dice.between(10, 80) * SECOND);
        database.condition = GOOD_DATABASE;
      },
    ],
  ];

  /** One thing goes wrong after the other; what is wrong ends before the next begins. */
  #haunt<Target>(what: string, target: Target, faults: readonly Fault<Target>[], everyMs: number): void {
    const { world, intensity, untilMs } = this.#parts;
    const dice = world.random(`faults ${what}`);
    const weighted = faults.flatMap((fault) => Array.from({ length: fault[0] }, () => fault));
    const haunt = async () => {
      for (;;) {
        await world.sleep((-Math.log(1 - dice.next()) * everyMs) / intensity);
        const [, name, happen] = dice.pick(weighted);
        if (world.nowMs >= untilMs) return;
        world.note('fault', `${name} ${what}`);
        await happen(target, dice);
      }
    };
    void haunt();
  }

  /** Often in the middle of something: up to `withinMs` after the next of such moments. */
  async #amid(moments: Moments, withinMs: number, dice: Dice): Promise<void> {
    if (dice.chance(0.35)) return;
    await Promise.race([moments.next(), this.#parts.world.sleep(20 * SECOND)]);
    await this.#parts.world.sleep(dice.between(0, withinMs));
  }

  async #restore(agent: Agent, dice: Dice): Promise<void> {
    const { world, untilMs, restoring, restored } = this.#parts;
    const backup = this.#backups.get(agent);
    if (!backup || world.nowMs + 1.5 * RESTORING_MS > untilMs) return;
    agent.crash();
    await world.sleep(RESTORING_MS);
    restoring(agent, backup);
    agent.parts.disk.restore(backup);
    // The new disk is not the best either.
    agent.parts.disk.failing = dice.pick([0, 0, 0.3, 0.6]);
    restored(agent);
    world.note(agent.name, `restored from a backup with ${backup.facts.size} facts`);
    agent.start();
    await world.sleep(dice.between(2, 20) * SECOND);
    agent.parts.disk.failing = 0;
  }

  async #restoreHub(hub: Hub): Promise<void> {
    const { world, agents, database, untilMs, hubRestoring, hubRestored } = this.#parts;
    const backup = this.#hubBackup;
    if (!backup || world.nowMs + 1.5 * RESTORING_MS > untilMs) return;
    hub.crash();
    for (const { parts } of agents) parts.line.lostSide('hub');
    database.goAway();
    await world.sleep(RESTORING_MS);
    // Another fault may have started it meanwhile.
    hub.crash();
    for (const { parts } of agents) parts.line.lostSide('hub');
    database.goAway();
    hubRestoring(backup);
    database.restore(backup);
    hubRestored();
    world.note('hub', `restored from a backup with ${backup.held.facts.size} facts`);
    database.condition = GOOD_DATABASE;
    hub.start();
  }

  #heal(): void {
    const { world, agents, hub, database } = this.#parts;
    world.note('fault', 'no more faults');
    database.condition = GOOD_DATABASE;
    for (const agent of agents) {
      agent.parts.line.condition = GOOD_LINE;
      agent.parts.disk.isFull = false;
      agent.parts.disk.failing = 0;
      agent.start();
    }
    hub.start();
  }
}

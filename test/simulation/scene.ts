import { silentLogger } from '#shared/runtime/logger.ts';
import { Agent } from './agent.ts';
import { Checks } from './checks.ts';
import { Database } from './database.ts';
import { Disk } from './disk.ts';
import { Faults } from './faults.ts';
import { Hub } from './hub.ts';
import { anyClock, Machine } from './machine.ts';
import { Line } from './network.ts';
import type { Platter } from './platter.ts';
import { Record } from './record.ts';
import { settingsOf, type RunOptions, type RunSettings } from './settings.ts';
import { Till } from './till.ts';
import { StoreWorkload } from './workload.ts';
import { World } from './world.ts';

/** One hub, its database, and stores with their agents and tills: set up from a seed, checked at each step. */
export class Scene {
  readonly world: World;
  readonly settings: RunSettings;
  readonly database: Database;
  readonly hub: Hub;
  readonly record = new Record();
  readonly checks: Checks;
  readonly agents: Agent[] = [];
  readonly tills: Till[] = [];
  readonly #options: RunOptions;

  constructor(options: RunOptions) {
    const { seed, stores, facts, mutant, tell } = options;
    this.#options = options;
    this.world = new World(seed, tell);
    this.settings = settingsOf(this.world, facts);
    this.database = new Database(this.world, mutant?.database ?? {});
    this.hub = new Hub(this.world, this.database, this.settings.hub, silentLogger);
    this.checks = new Checks(this.world, this.database, this.record, () => this.hub.machine.now);
    this.database.onCommit = (frames) => this.checks.committed(frames);
    for (let location = 1; location <= stores; location++) this.#addStore(location);
  }

  /** Everything begins. */
  start(): void {
    const { world, agents, hub, database, settings, checks } = this;
    hub.start();
    for (const agent of agents) agent.start();
    for (const till of this.tills) void till.run();
    new Faults({
      world,
      agents,
      hub,
      database,
      untilMs: settings.overMs,
      intensity: settings.intensity,
      restoring: (agent, backup) => this.#restoring(agent, backup),
      restored: (agent) => checks.restored(agent),
      hubRestoring: (backup) => checks.hubRestoring(backup, agents),
      hubRestored: () => checks.hubRestored(),
    }).start();
  }

  #addStore(location: number): void {
    const { world, settings, record, checks } = this;
    const workload = new StoreWorkload(`S${location}`, world.random(`workload ${location}`), () => world.nowMs);
    const there = Array.from({ length: settings.devicesOf(location) }, () => this.#addAgent(location));
    const places = there.flatMap((agent) => Array.from({ length: settings.tillsOf(agent.parts.device) }, () => agent));
    for (const [place, agent] of places.entries()) {
      const acts = Math.max(1, Math.floor(this.#options.facts / places.length));
      const dice = world.random(`till ${location} ${place}`);
      const till = new Till({ world, agent, workload, record, checks, dice, acts, overMs: settings.overMs });
      this.tills.push(till);
    }
  }

  #addAgent(location: number): Agent {
    const { world, checks, database } = this;
    const device = this.agents.length + 1;
    const name = `agent ${device}`;
    const line = new Line(world, name, () => this.hub.door);
    const disk = new Disk(world, name);
    const machine = new Machine(world, anyClock(world.random(`clock ${name}`)));
    const { readMax } = this.settings;
    const flaws = this.#options.mutant?.agent ?? {};
    const agent = new Agent({ world, device, location, machine, disk, line, logger: silentLogger, readMax, flaws });
    disk.onDurable = (facts, how) => checks.written(agent, facts, how);
    disk.onRemoved = (facts) => checks.removed(agent, facts);
    agent.onOpened = (journal) => checks.opened(agent, journal);
    line.onAnswer = (event, message, answer) => checks.answered(agent, event, message, answer);
    const store = { code: `S${location}`, name: `Store ${location}` };
    database.devices.set(device, { device, location, store, publicKey: agent.key.publicKey, revokedReason: null });
    this.agents.push(agent);
    return agent;
  }

  /** What lay on the old disk only is lost, and nobody can be blamed. */
  #restoring(agent: Agent, backup: Platter): void {
    for (const told of this.record.acknowledgedBy(agent.parts.device)) {
      const isKept = backup.facts.get(told.key)?.digest === told.digest;
      if (!isKept && !this.checks.isAtHub(told.location, told.key, told.digest)) told.lost = true;
    }
  }
}

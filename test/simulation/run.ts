import type { Logger } from '#shared/runtime/logger.ts';
import { silentLogger } from '#shared/runtime/logger.ts';
import { Agent } from './agent.ts';
import { Checks } from './checks.ts';
import { Convergence } from './convergence.ts';
import { Database } from './database.ts';
import { Disk } from './disk.ts';
import { Faults } from './faults.ts';
import { Hub } from './hub.ts';
import { anyClock, Machine } from './machine.ts';
import { Line } from './network.ts';
import { Record } from './record.ts';
import { settingsOf, type RunOptions } from './settings.ts';
import { Till } from './till.ts';
import { StoreWorkload } from './workload.ts';
import { World, type Violation } from './world.ts';

/** When faults have stopped, everything must be at the hub within this time. */
const CONVERGES_WITHIN_MS = 15 * 60_000;
const LOOK_EVERY_MS = 1_000;

export interface RunResult {
  readonly seed: number;
  /** Null when every rule held. */
  readonly violation: Violation | null;
  /** Two runs of one seed have the same. */
  readonly traceHash: string;
  readonly lastNotes: readonly string[];
  readonly events: number;
  readonly acknowledged: number;
  readonly simulatedMs: number;
  readonly convergedAfterMs: number | null;
}

/** Lets stores sell, fail and recover, and looks at every step whether the rules hold. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  const { seed, stores, facts, mutant = {}, tell, progress } = options;
  const world = new World(seed, tell);
  const settings = settingsOf(world, facts);
  const logger: Logger = silentLogger;
  const database = new Database(world, mutant.database ?? {});
  const hub = new Hub(world, database, settings.hub, logger);
  const record = new Record();
  const checks = new Checks(world, database, record);
  const convergence = new Convergence({ world, database, record, checks });
  const agents: Agent[] = [];
  const tills: Till[] = [];
  const tillsOf = new Map<Agent, Till[]>();

  const addAgent = (location: number): Agent => {
    const device = agents.length + 1;
    const name = `agent ${device}`;
    const line = new Line(world, name, () => hub.door);
    const disk = new Disk(world, name);
    const machine = new Machine(world, anyClock(world.random(`clock ${name}`)));
    const { readMax } = settings;
    const agent = new Agent({ world, device, location, machine, disk, line, logger, readMax, flaws: mutant.agent ?? {} });
    disk.onDurable = (written, how) => checks.written(agent, written, how);
    disk.onRemoved = (removed) => checks.removed(agent, removed);
    agent.onOpened = (journal) => checks.opened(agent, journal);
    line.onAnswer = (event, message, answer) => checks.answered(agent, event, message, answer);
    const store = { code: `S${location}`, name: `Store ${location}` };
    database.devices.set(device, { device, location, store, publicKey: agent.key.publicKey, revokedReason: null });
    agents.push(agent);
    return agent;
  };

  database.onCommit = (frames) => checks.committed(frames);
  for (let location = 1; location <= stores; location++) {
    const workload = new StoreWorkload(world.random(`workload ${location}`), () => world.nowMs);
    const there = Array.from({ length: settings.devicesOf(location) }, () => addAgent(location));
    const places = there.flatMap((agent) => Array.from({ length: settings.tillsOf(agent.parts.device) }, () => agent));
    for (const [place, agent] of places.entries()) {
      const acts = Math.max(1, Math.floor(facts / places.length));
      const dice = world.random(`till ${location} ${place}`);
      const till = new Till({ world, agent, workload, record, checks, dice, acts, overMs: settings.overMs });
      tills.push(till);
      tillsOf.set(agent, [...(tillsOf.get(agent) ?? []), till]);
    }
  }

  const hold = (agent: Agent, isHeld: boolean) => {
    for (const till of tillsOf.get(agent) ?? []) till.isHeld = isHeld && mutant.sellsWhenRestored !== true;
  };
  const faults = new Faults({
    world,
    agents,
    hub,
    database,
    untilMs: settings.overMs,
    intensity: settings.intensity,
    restoring: (agent, backup) => {
      for (const told of record.acknowledgedBy(agent.parts.device)) {
        const isKept = backup.facts.get(told.key)?.digest === told.digest;
        if (!isKept && !checks.isAtHub(told.location, told.key, told.digest)) told.lost = true;
      }
      hold(agent, true);
    },
    restored: (agent) => checks.restored(agent),
  });

  hub.start();
  for (const agent of agents) agent.start();
  for (const till of tills) void till.run();
  faults.start();

  let convergedAtMs: number | null = null;
  let missing = 'the tills are not done';
  const deadlineMs = settings.overMs + CONVERGES_WITHIN_MS;
  // A process that dies answers nothing.
  const isOnline = async ({ running }: Agent): Promise<boolean> => {
    const status = await Promise.race([running?.sync.status(), world.sleep(200)]);
    return status?.phase === 'online';
  };
  const look = async (): Promise<void> => {
    progress?.(world.nowMs / deadlineMs);
    for (const agent of agents) {
      if (await isOnline(agent)) hold(agent, false);
    }
    if (world.nowMs > settings.overMs && tills.every((till) => till.isDone)) {
      const found = await convergence.missing(agents);
      if (found === null) convergedAtMs = world.nowMs;
      missing = found ?? '';
    }
    world.after(LOOK_EVERY_MS, () => void look());
  };
  void look();

  await world.run(deadlineMs, () => {
    for (const agent of agents) checks.checkpoint(agent);
    return convergedAtMs !== null;
  });
  if (!world.violation && convergedAtMs === null) {
    world.violate('S2', `not everything was at the hub ${CONVERGES_WITHIN_MS / 1_000} s after the last fault: ${missing}`);
  }
  if (!world.violation) convergence.verify(agents);
  const { violation, traceHash, lastNotes, events, nowMs: simulatedMs } = world;
  const convergedAfterMs = convergedAtMs === null ? null : convergedAtMs - settings.overMs;
  const acknowledged = record.acknowledged.length;
  return { seed, violation, traceHash, lastNotes, events, acknowledged, simulatedMs, convergedAfterMs };
}

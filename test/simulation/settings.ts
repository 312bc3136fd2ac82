import type { AgentFlaws } from './agent.ts';
import type { DatabaseFlaws } from './database.ts';
import type { HubSettings } from './hub.ts';
import type { World } from './world.ts';

/** What one run is asked for. */
export interface RunOptions {
  readonly seed: number;
  readonly stores: number;
  /** Acts that the tills of each store tell. */
  readonly facts: number;
  /** Each thing that happens, as it happens. */
  readonly tell?: (line: string) => void;
  /** Simulated time and its end, now and then. */
  readonly progress?: (share: number) => void;
  readonly mutant?: Mutant;
}

/** A rule broken on purpose, to see that the simulation finds it. */
export interface Mutant {
  readonly agent?: AgentFlaws;
  readonly database?: DatabaseFlaws;
}

/** How a run is set up, besides its faults. */
export interface RunSettings {
  readonly hub: HubSettings;
  readonly readMax: number;
  /** 0: nothing goes wrong but what has been set up wrong. */
  readonly intensity: number;
  /** Time in which tills tell and faults happen, ms. */
  readonly overMs: number;
  readonly devicesOf: (location: number) => number;
  readonly tillsOf: (device: number) => number;
}

const MINUTE = 60_000;

/** A set-up that follows from the seed. Small limits are common: so short runs meet what long ones meet. */
export function settingsOf(world: World, facts: number): RunSettings {
  const dice = world.random('settings');
  const devices = world.random('devices');
  const tills = world.random('tills');
  const perFactMs = dice.pick([300, 1_500, 4_000]);
  return {
    hub: {
      factsPerMerge: dice.pick([7, 40, 1_000]),
      drainingFactsPerJournal: dice.pick([5, 30, 500]),
      liveFactsMax: dice.pick([1, 4, 64]),
      credit: dice.int(1, 4),
      waitingFactsMax: dice.pick([25, 200, 100_000]),
      frameFactsMax: dice.pick([3, 12, 500, 500]),
    },
    readMax: dice.pick([2, 5, 20, 500]),
    intensity: dice.pick([0, 0.6, 1, 1.6, 2.5]),
    overMs: Math.max(8 * MINUTE, facts * perFactMs),
    devicesOf: () => (devices.chance(0.3) ? 2 : 1),
    tillsOf: () => tills.int(1, 3),
  };
}

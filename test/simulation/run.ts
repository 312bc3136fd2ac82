import { Convergence } from './convergence.ts';
import { Scene } from './scene.ts';
import type { RunOptions } from './settings.ts';
import type { Violation } from './world.ts';

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
  /** Answers that tills got. */
  readonly acknowledged: number;
  readonly simulatedMs: number;
  /** Between the last fault and the moment when everything was at the hub. */
  readonly convergedAfterMs: number | null;
}

/** Lets stores sell, fail and recover, and looks at every step whether the rules hold. */
export async function simulate(options: RunOptions): Promise<RunResult> {
  const scene = new Scene(options);
  const { world, agents, checks, settings, record } = scene;
  const convergence = new Convergence(scene);
  const deadlineMs = settings.overMs + CONVERGES_WITHIN_MS;
  let convergedAtMs: number | null = null;
  let missing: string | null = null;

  const look = async (): Promise<void> => {
    options.progress?.(world.nowMs / settings.overMs);
    if (world.nowMs > settings.overMs) {
      missing = scene.tills.every((till) => till.isDone) ? await convergence.missing(agents) : 'a till is not done';
      if (missing === null) convergedAtMs = world.nowMs;
    }
    world.after(LOOK_EVERY_MS, () => void look());
  };

  scene.start();
  void look();
  await world.run(deadlineMs, () => {
    for (const agent of agents) checks.checkpoint(agent);
    return convergedAtMs !== null;
  });
  if (convergedAtMs === null) {
    world.violate(
      'S2',
      `not everything was at the hub ${CONVERGES_WITHIN_MS / 1_000} s after the last fault: ${missing}`,
    );
  }
  if (!world.violation) convergence.verify(agents);

  const { violation, traceHash, lastNotes, events, nowMs: simulatedMs } = world;
  const convergedAfterMs = convergedAtMs === null ? null : convergedAtMs - settings.overMs;
  const acknowledged = record.acknowledged.length;
  return { seed: options.seed, violation, traceHash, lastNotes, events, acknowledged, simulatedMs, convergedAfterMs };
}

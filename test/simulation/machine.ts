import type { Clock } from '#shared/runtime/clock.ts';
import type { Dice, World } from './world.ts';

/** When the simulated time begins: some Monday of 2026. */
export const BEGIN_AT = 1_790_000_000_000;

/** One life of a process: between its start and its crash. What it began ends with it. */
export interface Life {
  readonly isOver: boolean;
}

/** A computer with a clock of its own: wrong, stepping and drifting. */
export class Machine {
  readonly #world: World;
  #offsetMs: number;
  readonly #speed: number;

  constructor(world: World, clock: { offsetMs: number; speed: number }) {
    this.#world = world;
    this.#offsetMs = clock.offsetMs;
    this.#speed = clock.speed;
  }

  get now(): number {
    return BEGIN_AT + this.#offsetMs + this.#world.nowMs * this.#speed;
  }

  /** Somebody, or a time service, sets the clock. */
  step(byMs: number): void {
    this.#offsetMs += byMs;
  }

  /** The clock as one process sees it: its timers die with it. */
  clock(life: Life): Clock {
    return {
      now: () => this.now,
      monotonic: () => this.#world.nowMs * this.#speed,
      after: (delayMs, call) =>
        this.#world.after(delayMs / this.#speed, () => {
          if (!life.isOver) call();
        }),
    };
  }
}

const SECOND = 1_000;
const HOUR = 3_600 * SECOND;

/** Most clocks are nearly right; some are hours off, one in twenty has lost its battery and begins in 1970. */
export function anyClock(dice: Dice): { offsetMs: number; speed: number } {
  const speed = 1 + dice.between(-0.002, 0.002);
  const kind = dice.next();
  if (kind < 0.5) return { offsetMs: Math.round(dice.between(-2 * SECOND, 2 * SECOND)), speed };
  if (kind < 0.95) return { offsetMs: Math.round(dice.between(-8 * HOUR, 8 * HOUR)), speed };
  return { offsetMs: -BEGIN_AT, speed };
}

export function anyStep(dice: Dice): number {
  return Math.round(dice.chance(0.5) ? dice.between(-3 * SECOND, 3 * SECOND) : dice.between(-5 * HOUR, 5 * HOUR));
}

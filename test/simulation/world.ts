import { hash } from 'node:crypto';
import { seededRandom, type Random } from '#shared/runtime/random.ts';

/** A rule that did not hold, with the moment and the last things that happened before. */
export interface Violation {
  readonly rule: string;
  readonly detail: string;
  readonly atMs: number;
}

interface Timer {
  readonly atMs: number;
  readonly place: number;
  call: (() => void) | null;
}

const LAST_NOTES = 60;

/**
 * Everything that a run depends on: one queue of events, one time, numbers that follow from the seed.
 *
 * - Nothing happens outside an event. What an event sets going (promises) is finished before the next one begins.
 * - Events of the same instant happen in the order in which they were asked for.
 * - Each part draws from a stream of its own, so that a change of one does not change what the others meet.
 */
export class World {
  readonly seed: number;
  readonly #timers: Timer[] = [];
  readonly #notes: string[] = [];
  readonly #tell: ((line: string) => void) | undefined;
  #nowMs = 0;
  #places = 0;
  #events = 0;
  #traceHash = '';
  #violation: Violation | null = null;

  constructor(seed: number, tell?: (line: string) => void) {
    this.seed = seed;
    this.#tell = tell;
  }

  /** True time since the beginning, ms. No machine knows it. */
  get nowMs(): number {
    return this.#nowMs;
  }

  get events(): number {
    return this.#events;
  }

  get violation(): Violation | null {
    return this.#violation;
  }

  get lastNotes(): readonly string[] {
    return this.#notes;
  }

  /** Stands for everything that was noted: two runs that differ anywhere differ here. */
  get traceHash(): string {
    return this.#traceHash;
  }

  /** A stream of random numbers of its own. */
  random(name: string): Dice {
    return new Dice(seededRandom(Number.parseInt(hash('sha256', `${this.seed} ${name}`, 'hex').slice(0, 8), 16)));
  }

  /** Calls once after `delayMs` of true time; returns what cancels it. */
  after(delayMs: number, call: () => void): () => void {
    const timer: Timer = { atMs: this.#nowMs + Math.max(0, delayMs), place: this.#places++, call };
    push(this.#timers, timer);
    return () => {
      timer.call = null;
    };
  }

  sleep(delayMs: number): Promise<void> {
    return new Promise((resolve) => {
      this.after(delayMs, resolve);
    });
  }

  note(who: string, what: string): void {
    const line = `${(this.#nowMs / 1_000).toFixed(3).padStart(10)}  ${who.padEnd(10)} ${what}`;
    this.#traceHash = hash('sha256', this.#traceHash + line, 'hex').slice(0, 32);
    this.#notes.push(line);
    if (this.#notes.length > LAST_NOTES) this.#notes.shift();
    this.#tell?.(line);
  }

  /** Ends the run after this event. The first violation counts: others follow from it. */
  violate(rule: string, detail: string): void {
    if (this.#violation) return;
    this.#violation = { rule, detail, atMs: this.#nowMs };
    this.note('VIOLATION', `${rule}: ${detail}`);
  }

  /** Lets time pass until `ended`, until a rule is broken, or until `untilMs`. */
  async run(untilMs: number, ended: () => boolean): Promise<void> {
    while (!this.#violation && !ended()) {
      const timer = pop(this.#timers);
      if (!timer || timer.atMs > untilMs) {
        if (timer) push(this.#timers, timer);
        this.#nowMs = Math.max(this.#nowMs, untilMs);
        return;
      }
      if (!timer.call) continue;
      this.#nowMs = timer.atMs;
      this.#events += 1;
      timer.call();
      // A macrotask comes when no microtask is left.
      await new Promise<void>((resolve) => {
        setImmediate(resolve);
      });
    }
  }
}

/** Moments of one kind, for what wants to happen just then. */
export class Moments {
  #waiting: (() => void)[] = [];

  /** Resolves at the next one. */
  next(): Promise<void> {
    return new Promise((resolve) => {
      this.#waiting.push(resolve);
    });
  }

  happens(): void {
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const resolve of waiting) resolve();
  }
}

/** Random choices by name. */
export class Dice {
  readonly next: Random;

  constructor(next: Random) {
    this.next = next;
  }

  chance(probability: number): boolean {
    return this.next() < probability;
  }

  between(least: number, most: number): number {
    return least + this.next() * (most - least);
  }

  int(least: number, most: number): number {
    return Math.floor(this.between(least, most + 1));
  }

  pick<T>(list: readonly T[]): T {
    const item = list[Math.floor(this.next() * list.length)];
    if (item === undefined) throw new RangeError('there is nothing to pick from');
    return item;
  }
}

function isBefore(a: Timer, b: Timer): boolean {
  return a.atMs < b.atMs || (a.atMs === b.atMs && a.place < b.place);
}

/** A binary heap: the next timer is at 0. */
function push(heap: Timer[], timer: Timer): void {
  let place = heap.push(timer) - 1;
  while (place > 0) {
    const parent = (place - 1) >>> 1;
    const above = heap[parent]!;
    if (!isBefore(timer, above)) break;
    heap[place] = above;
    place = parent;
  }
  heap[place] = timer;
}

function pop(heap: Timer[]): Timer | undefined {
  const first = heap[0];
  const last = heap.pop();
  if (!first || !last || heap.length === 0) return first;
  let place = 0;
  for (;;) {
    let child = place * 2 + 1;
    if (child >= heap.length) break;
    if (child + 1 < heap.length && isBefore(heap[child + 1]!, heap[child]!)) child += 1;
    if (!isBefore(heap[child]!, last)) break;
    heap[place] = heap[child]!;
    place = child;
  }
  heap[place] = last;
  return first;
}

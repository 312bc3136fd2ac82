import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountAct } from '#shared/agent-api/count-acts.ts';
import type { ActsAnswer } from '#shared/agent-api/counts.ts';
import { Failure } from '../../api/failure.ts';
import { ActQueue } from './act-queue.ts';
import { KeptActs, type KeptIn } from './kept-acts.ts';

const scan = (no: number): CountAct => ({ key: `scan-${no}-0000`, do: 'scan', code: String(no), zone: 'W' });
const taken = (acts: readonly CountAct[]): ActsAnswer => ({
  version: 1,
  acts: acts.map(({ key }) => ({ key, status: 'taken', problem: null, sku: null, name: null, quantity: null })),
});
const absent = () => new Failure({ code: 'AGENT_ABSENT', detail: '', status: 0 });

function storageOf(kept = new Map<string, string>()) {
  return {
    kept,
    getItem: (name: string) => kept.get(name) ?? null,
    setItem: (name: string, text: string) => void kept.set(name, text),
    removeItem: (name: string) => void kept.delete(name),
    key: (place: number) => [...kept.keys()][place] ?? null,
    get length() {
      return kept.size;
    },
  };
}

/** A window of a browser: timers are due when the test says so. */
function windowOn(storage: KeptIn, send: (acts: readonly CountAct[]) => Promise<ActsAnswer>, now = () => 0) {
  const timers = new Set<() => void>();
  const answered: string[] = [];
  const queue = new ActQueue({
    kept: new KeptActs(storage, 'Ada', 'c1'),
    send,
    now,
    after: (_ms, call) => {
      timers.add(call);
      return () => timers.delete(call);
    },
    alone: (work) => work(),
    onAnswer: ({ key }) => answered.push(key),
  });
  queue.start();
  const rest = () => new Promise((resolve) => setTimeout(resolve, 0));
  const tick = async () => {
    for (const call of timers) {
      timers.delete(call);
      call();
    }
    await rest();
  };
  return { queue, answered, rest, tick, timers };
}

describe('what is done while counting', () => {
  it('CN8 arrives in its order and once, whatever answers are lost, and however often the window is closed', async () => {
    const fault = fc.constantFrom('fine', 'absent', 'answer lost', 'closed', 'busy');
    await fc.assert(
      fc.asyncProperty(fc.array(fault, { maxLength: 25 }), fc.integer({ min: 1, max: 12 }), async (faults, scans) => {
        const storage = storageOf();
        const there: string[] = [];
        const left = [...faults];
        let isOpen = true;
        const send = async (acts: readonly CountAct[]) => {
          const next = left.shift() ?? 'fine';
          if (next === 'absent') throw absent();
          if (next === 'busy') throw new Failure({ code: 'STORAGE_FULL', detail: '', status: 507 });
          // The agent knows its keys.
          for (const { key } of acts) if (!there.includes(key)) there.push(key);
          if (next === 'answer lost') throw absent();
          if (next === 'closed') isOpen = false;
          return taken(acts);
        };
        let window = windowOn(storage, send);
        for (let no = 0; no < scans; no++) {
          window.queue.add(scan(no));
          if (no % 3 === 0) await window.tick();
          if (isOpen) continue;
          window.queue.stop();
          isOpen = true;
          window = windowOn(storage, send);
        }
        for (let times = 0; times < 60 && window.queue.queued.waiting.length > 0; times++) {
          window.queue.wake();
          await window.tick();
        }
        expect(window.queue.queued).toEqual({ waiting: [], refused: [] });
        expect(there).toEqual(Array.from({ length: scans }, (_, no) => scan(no).key));
        expect(storage.kept.size).toBe(0);
      }),
      { numRuns: 60 },
    );
  });

  it('CN8 is kept before it is sent, says how long ago it was, and is not lost when the browser is full', async () => {
    const storage = storageOf();
    let now = 1_000;
    let sent: readonly CountAct[] = [];
    let isThere = false;
    const window = windowOn(
      storage,
      async (acts) => {
        if (!isThere) throw absent();
        sent = acts;
        return taken(acts);
      },
      () => now,
    );
    window.queue.add(scan(1));
    expect([...storage.kept.values()].join()).toContain('scan-1-0000');
    await window.rest();
    expect(window.queue.trouble?.code).toBe('AGENT_ABSENT');
    now += 60_000;
    isThere = true;
    await window.tick();
    expect([sent, window.queue.trouble, window.answered]).toEqual([
      [{ ...scan(1), ageMs: 60_000 }],
      undefined,
      ['scan-1-0000'],
    ]);
    storage.setItem = () => {
      throw new Error('QuotaExceededError');
    };
    expect(() => window.queue.add(scan(2))).toThrow('QuotaExceededError');
    expect(window.queue.queued.waiting).toEqual([]);
  });

  it('CN8 what is refused is set aside with its reason, alone, and what is behind it goes on', async () => {
    const storage = storageOf();
    const window = windowOn(storage, async (acts) => {
      if (acts.some(({ key }) => key === scan(2).key)) {
        throw new Failure({ code: 'REQUEST_INVALID', detail: 'no', status: 400 });
      }
      const answer = taken(acts);
      const ended = { code: 'COUNT_ENDED', detail: 'ended', remedy: '' } as const;
      return {
        ...answer,
        acts: answer.acts.map((one) => (one.key === scan(3).key ? { ...one, status: 'refused', problem: ended } : one)),
      };
    });
    for (const no of [1, 2, 3, 4]) window.queue.add(scan(no));
    await window.rest();
    await window.rest();
    expect(window.queue.queued.waiting).toEqual([]);
    expect(window.queue.queued.refused.map(({ act, code }) => [act.key, code])).toEqual([
      [scan(2).key, 'REQUEST_INVALID'],
      [scan(3).key, 'COUNT_ENDED'],
    ]);
    window.queue.dismissRefused();
    expect(storage.kept.size).toBe(0);
  });

  it('waits for somebody to sign in, without asking again and again', async () => {
    const window = windowOn(storageOf(), () =>
      Promise.reject(new Failure({ code: 'UNAUTHORIZED', detail: '', status: 401 })),
    );
    window.queue.add(scan(1));
    await window.rest();
    expect([window.timers.size, window.queue.queued.waiting.length, window.queue.trouble?.status]).toEqual([0, 1, 401]);
  });
});

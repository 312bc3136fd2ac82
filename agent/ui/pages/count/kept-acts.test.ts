import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { CountAct } from '#shared/agent-api/count-acts.ts';
import { KeptActs, othersWaiting, type KeptIn } from './kept-acts.ts';

const scan = (key: string): CountAct => ({ key, do: 'scan', code: '1', zone: 'W' });

/** A browser's storage as each of its windows has it: what one writes the others see later, as between processes. */
class Windows {
  readonly #copies: Map<string, string>[];
  readonly #onTheirWay: { to: number; name: string; text: string | null }[] = [];

  constructor(windows: number) {
    this.#copies = Array.from({ length: windows }, () => new Map());
  }

  of(window: number): KeptIn {
    const copy = this.#copies[window]!;
    const write = (name: string, text: string | null) => {
      put(copy, name, text);
      for (const to of this.#copies.keys()) if (to !== window) this.#onTheirWay.push({ to, name, text });
    };
    return {
      getItem: (name) => copy.get(name) ?? null,
      setItem: (name, text) => write(name, text),
      removeItem: (name) => write(name, null),
      key: (place) => [...copy.keys()][place] ?? null,
      get length() {
        return copy.size;
      },
    };
  }

  arrive(): void {
    for (const { to, name, text } of this.#onTheirWay.splice(0)) put(this.#copies[to]!, name, text);
  }
}

function put(copy: Map<string, string>, name: string, text: string | null): void {
  if (text === null) copy.delete(name);
  else copy.set(name, text);
}

const keysOf = (acts: readonly { readonly act: CountAct }[]) => acts.map(({ act }) => act.key);

describe('what a browser keeps of acts', () => {
  it('CN8 none is lost by another window that adds, has sent or is refused in the same moment', () => {
    const step = fc.record({
      window: fc.nat({ max: 1 }),
      does: fc.constantFrom('adds', 'adds', 'sent', 'refused', 'arrives'),
      now: fc.integer({ min: 0, max: 20 }),
    });
    fc.assert(
      fc.property(fc.array(step, { maxLength: 30 }), (steps) => {
        const windows = new Windows(2);
        const kept = [0, 1].map((window) => new KeptActs(windows.of(window), 'Ada', 'c1'));
        const added: string[][] = [[], []];
        const sent = new Set<string>();
        const refused = new Set<string>();
        for (const [no, { window, does, now }] of steps.entries()) {
          const mine = kept[window]!;
          if (does === 'adds') {
            mine.add(scan(`${window}-${no}`), now);
            added[window]!.push(`${window}-${no}`);
          } else if (does === 'arrives') windows.arrive();
          else {
            const [first] = mine.queued.waiting;
            if (first === undefined || sent.has(first.act.key) || refused.has(first.act.key)) continue;
            (does === 'sent' ? sent : refused).add(first.act.key);
            if (does === 'sent') mine.remove(new Set([first.act.key]));
            else mine.setAside([{ act: first.act, code: 'COUNT_ENDED', detail: '' }]);
          }
        }
        windows.arrive();
        for (const { queued } of kept) {
          const waiting = keysOf(queued.waiting);
          // Of one window in the order in which they were done, whatever its clock said.
          for (const [window, keys] of added.entries()) {
            const left = keys.filter((key) => !sent.has(key) && !refused.has(key));
            expect(waiting.filter((key) => key.startsWith(`${window}-`))).toEqual(left);
          }
          expect(new Set(keysOf(queued.refused))).toEqual(refused);
        }
      }),
      { numRuns: 300 },
    );
  });

  it('is told apart by person and count, and others see how much is left by whom', () => {
    const storage = new Windows(1).of(0);
    const ada = new KeptActs(storage, 'Ada/1', 'c1');
    ada.add(scan('a'), 1);
    ada.add(scan('b'), 2);
    new KeptActs(storage, 'Ada/1', 'c12').add(scan('c'), 3);
    new KeptActs(storage, 'Bo', 'c1').add(scan('d'), 4);
    storage.setItem('shelfwire.count/Bo/c1/5/e', 'not ours');
    ada.setAside([{ act: scan('b'), code: 'COUNT_ENDED', detail: 'ended' }]);
    expect([keysOf(ada.queued.waiting), keysOf(ada.queued.refused)]).toEqual([['a'], ['b']]);
    expect(ada.queued).toBe(ada.queued);
    expect(othersWaiting(storage, 'Bo')).toEqual([{ name: 'Ada/1', acts: 2 }]);
    expect(othersWaiting(storage, 'Cy')).toEqual([
      { name: 'Ada/1', acts: 2 },
      { name: 'Bo', acts: 1 },
    ]);
    ada.dismissRefused();
    expect(ada.queued.refused).toEqual([]);
  });
});

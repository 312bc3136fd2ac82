import { describe, expect, it } from 'vitest';
import { SettlingFiles } from './settling-files.ts';

const sight = (name: string, change: { sizeBytes?: number; modifiedMs?: number; inode?: number } = {}) => {
  return { name, sizeBytes: 10, modifiedMs: 1_000, inode: 1, ...change };
};

describe('files that settle', () => {
  it('X2 are complete once size, time and inode have stood still for long enough', () => {
    const settling = new SettlingFiles(100);
    expect(settling.see([sight('a')], 0)).toEqual({ ready: [], nextMs: 100 });
    expect(settling.see([sight('a')], 99)).toEqual({ ready: [], nextMs: 1 });
    for (const [step, change] of [
      { sizeBytes: 11 },
      { sizeBytes: 11, modifiedMs: 2 },
      { sizeBytes: 11, modifiedMs: 2, inode: 3 },
    ].entries()) {
      const now = 100 * (step + 1);
      expect(settling.see([sight('a', change)], now).ready).toEqual([]);
    }
    expect(settling.see([sight('a', { sizeBytes: 11, modifiedMs: 2, inode: 3 })], 400).ready).toEqual(['a']);
  });

  it('wait three times the longest pause in which one was seen to grow, within patience; one that came in one piece does not', () => {
    const settling = new SettlingFiles(100, 1_000);
    const grown = (sizeBytes: number) => [sight('a', { sizeBytes }), sight('b', { inode: 2 })];
    settling.see(grown(1), 0);
    expect(settling.see(grown(2), 80)).toEqual({ ready: [], nextMs: 20 });
    expect(settling.see(grown(2), 100)).toEqual({ ready: ['b'], nextMs: 220 });
    settling.renamed('a', 'w/a');
    const renamed = (sizeBytes: number, inode = 1) => [sight('w/a', { sizeBytes, inode })];
    expect(settling.see(renamed(2), 319).ready).toEqual([]);
    expect(settling.see(renamed(2), 320).ready).toEqual(['w/a']);
    expect(settling.see(renamed(3), 700).nextMs).toBe(1_000);
    expect(settling.stillMs('w/a', 900)).toBe(200);
    // Another one of that name has not paused yet.
    expect(settling.see(renamed(3, 9), 1_000).nextMs).toBe(100);
    settling.hasPaused('c', 200, 1_000);
    expect(settling.see([sight('c')], 1_001).nextMs).toBe(600);
  });

  it('are handed out oldest first, and one that came back starts anew', () => {
    const settling = new SettlingFiles(100);
    const files = [sight('b', { modifiedMs: 2 }), sight('c', { modifiedMs: 1 }), sight('a', { modifiedMs: 2 })];
    settling.see(files, 0);
    expect(settling.see(files, 100)).toEqual({ ready: ['c', 'a', 'b'], nextMs: undefined });
    settling.see([], 150);
    expect(settling.see(files, 200).ready).toEqual([]);
  });
});

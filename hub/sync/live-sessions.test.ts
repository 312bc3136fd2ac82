import { describe, expect, it } from 'vitest';
import { LiveSessions, type LiveSession } from './live-sessions.ts';

function session(device: number, location: number, closed: number[] = []): LiveSession {
  const store = { code: 'S', name: 'S' };
  const scope = { device, location, store, journal: device, epoch: 1, protocol: 2 as const, backlogEndSeq: 0 };
  return { scope, send: () => undefined, close: () => closed.push(device) };
}

describe('live sessions', () => {
  it('closes the older session of a device, whose end then changes nothing', () => {
    const closed: number[] = [];
    const live = new LiveSessions();
    const older = session(1, 10, closed);
    const newer = session(1, 10, closed);
    live.add(older);
    live.add(newer);
    expect(closed).toEqual([1]);
    expect(live.remove(older)).toBe(false);
    expect(live.ofDevice(1)).toBe(newer);
    expect([...live.at(10)]).toEqual([newer]);
    expect(live.remove(newer)).toBe(true);
    expect([live.size, [...live.at(10)].length]).toEqual([0, 0]);
  });

  it('finds those of a location, or all', () => {
    const live = new LiveSessions();
    for (const [device, location] of [
      [1, 10],
      [2, 10],
      [3, 20],
    ] as const)
      live.add(session(device, location));
    expect([...live.at(10)].map(({ scope }) => scope.device)).toEqual([1, 2]);
    expect([...live.at(0)].length).toBe(3);
    expect([...live.at(99)]).toEqual([]);
  });
});

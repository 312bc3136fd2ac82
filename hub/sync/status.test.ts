import { describe, expect, it } from 'vitest';
import { foldEvents } from './status.ts';

const report = {
  lastSeq: 9,
  backlog: 4,
  oldestUnsentAt: null,
  quarantined: 1,
  clockOffsetMs: -250,
  agentVersion: '1.2.3',
};

describe('device status', () => {
  it('makes one row a device of what happened to it, in order', () => {
    const rows = foldEvents([
      { device: 1, event: { kind: 'disconnected', at: 10 } },
      { device: 1, event: { kind: 'connected', at: 20, agentVersion: '1.2.2', protocol: 2, backlog: 50 } },
      { device: 2, event: { kind: 'disconnected', at: 25 } },
      { device: 1, event: { kind: 'reported', at: 30, report } },
    ]);
    expect(rows).toEqual([
      { device: 1, connectedAt: 20, disconnectedAt: null, reportedAt: 30, protocol: 2, ...report },
      expect.objectContaining({ device: 2, connectedAt: null, disconnectedAt: 25, reportedAt: null, lastSeq: null }),
    ]);
  });

  it('a disconnect after a connect stays', () => {
    const [row] = foldEvents([
      { device: 1, event: { kind: 'connected', at: 20, agentVersion: '1', protocol: 2, backlog: 0 } },
      { device: 1, event: { kind: 'disconnected', at: 30 } },
    ]);
    expect(row).toMatchObject({ connectedAt: 20, disconnectedAt: 30 });
  });
});

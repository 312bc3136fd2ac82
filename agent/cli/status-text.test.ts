import { describe, expect, it } from 'vitest';
import { ERRORS } from '#shared/protocol/errors.ts';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import { ago, statusText } from './status-text.ts';

const PLAIN = { coloured: false, running: true };
const now = Date.parse('2026-03-01T12:00:00Z');
const online: AgentStatus = {
  version: '0.1.0',
  startedAt: now - 3_600_000,
  now,
  store: { code: 'S1', name: 'High Street' },
  device: 7,
  hubUrl: 'https://hub.example',
  journal: { epoch: now - 1, lastSeq: 120 },
  sync: {
    phase: 'online',
    since: now - 600_000,
    lastAckAt: now - 5_000,
    ackedSeq: 120,
    backlog: 0,
    oldestUnsentAt: null,
    clockOffsetMs: 3,
    lastError: null,
  },
  quarantined: 0,
  quarantinedAtHub: 0,
  sources: [{ name: 'http', state: 'ready', appended: 12, duplicates: 1, refused: 0, lastError: null }],
  network: {
    state: 'off',
    wanted: null,
    isGiven: false,
    urls: [],
    fingerprint: null,
    validUntil: null,
    lastError: null,
  },
  disk: { freeBytes: 41.2e9, totalBytes: 100e9, dataBytes: 1e6 },
  problems: [],
};

describe('status for people', () => {
  it('says that all is well', () => {
    expect(statusText(online, PLAIN)).toBe(
      [
        'SAFE: everything is at the hub',
        '  store       S1 (High Street), device 7',
        '  hub         https://hub.example, online for 10 min',
        '  journal     120 facts on disk',
        '  unsent      nothing',
        '  last sync   5 s ago',
        '  quarantine  empty',
        '  disk        41.2 of 100.0 GB free',
        '  http        ready, 12 taken, 1 duplicates, 0 refused',
        '',
      ].join('\n'),
    );
  });

  it('says where other devices find the app, if they may', () => {
    const network = {
      ...online.network,
      state: 'listening',
      urls: ['https://till:7443', 'https://10.0.0.5:7443'],
    } as const;
    expect(statusText({ ...online, network }, PLAIN)).toContain(
      '  devices     open to them at https://till:7443, https://10.0.0.5:7443\n',
    );
  });

  it('says what is unsent and what needs attention while offline', () => {
    const problem = { code: 'HUB_UNREACHABLE', detail: 'No answer.', remedy: 'Check the network.' } as const;
    const sync = { ...online.sync, phase: 'backingOff', since: null, backlog: 1, oldestUnsentAt: now - 7_200_000 };
    const text = statusText({ ...online, sync, quarantined: 2, problems: [problem] }, PLAIN);
    expect(text).toContain('SAFE, OFFLINE: facts are kept here and sent when the hub is reached\n');
    expect(text).toContain('https://hub.example, not reached, tried again by itself, never connected\n');
    const since = now - 3 * 3_600_000;
    expect(statusText({ ...online, sync: { ...sync, since } }, PLAIN)).toContain(
      'https://hub.example, not reached, tried again by itself, connected until 3 h ago\n',
    );
    expect(text).not.toContain('backingOff');
    expect(text).toContain('1 fact, oldest from 2 h ago');
    expect(text).toContain('2 set aside');
    expect(text).toContain('  HUB_UNREACHABLE: No answer.\n    Check the network.');
  });

  it('says that a revoked device is refused, and how it comes back', () => {
    const { remedy } = ERRORS.DEVICE_REVOKED;
    const lastError = { code: 'DEVICE_REVOKED', detail: 'This device is revoked.', remedy } as const;
    const sync = { ...online.sync, phase: 'refused', backlog: 3, oldestUnsentAt: now - 60_000, lastError };
    const text = statusText({ ...online, sync, problems: [lastError] }, PLAIN);
    expect(text).toMatch(/^SAFE, REFUSED: the hub does not accept this device any more; facts are kept here\n/);
    expect(text).toContain('shelfwire-agent enrol --hub URL --token TOKEN --again');
    const older = { ...lastError, code: 'PROTOCOL_TOO_OLD' } as const;
    expect(statusText({ ...online, sync: { ...sync, lastError: older } }, PLAIN)).toMatch(/^SAFE, REFUSED: /);
  });

  it('F5 says what is set aside here and at the hub', () => {
    expect(statusText({ ...online, quarantined: 0, quarantinedAtHub: 3 }, PLAIN)).toContain(
      '0 set aside, 3 at the hub',
    );
  });

  it('calls nothing safe of an agent that does not run, connected or not', () => {
    const offline = { ...online, sync: { ...online.sync, phase: 'idle', backlog: 3 } };
    for (const status of [online, offline, { ...online, store: null }]) {
      const text = statusText(status, { coloured: false, running: false });
      expect(text).toMatch(/^NOT RUNNING: nothing is taken from the tills; 120 facts are on disk\n/);
      expect(text).not.toContain('SAFE');
    }
  });

  it('is coloured only when asked', () => {
    expect(statusText(online, { coloured: true, running: true })).toContain('\u001B[32m');
    expect(statusText(online, PLAIN)).not.toContain('\u001B');
  });

  it('says spans in their biggest unit', () => {
    expect([0, 59_999, 60_000, 7_200_000, 172_800_000, -5].map(ago)).toEqual([
      '0 s',
      '59 s',
      '1 min',
      '2 h',
      '2 d',
      '0 s',
    ]);
  });
});

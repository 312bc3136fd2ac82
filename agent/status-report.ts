import { ERRORS, type ErrorCode, type WireError } from '#shared/protocol/errors.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { PRODUCT_VERSION } from '#shared/runtime/version.ts';
import type {
  AgentHealth,
  AgentStatus,
  DiskReport,
  NetworkReport,
  StoreProblem,
  SyncReport,
} from '#shared/agent-api/answers.ts';
import type { ProblemParams } from '#shared/agent-api/problem-codes.ts';
import type { SourceStatus } from './pos/source.ts';
import { lastContact } from './store/device.ts';
import type { Store } from './store/store.ts';

export interface StatusParts {
  readonly store: Store;
  readonly startedAt: number;
  now(): number;
  /** Undefined when the device is not enrolled. */
  readonly sync: { status(): Promise<SyncReport> } | undefined;
  sources(): readonly SourceStatus[];
  /** Undefined while the agent does not run. */
  network(): NetworkReport | undefined;
  disk(): Promise<DiskReport | null>;
}

/** Less than this of free disk is said while there is time to make room. */
const DISK_LOW_BYTES = 512 * 1024 * 1024;

const NO_NETWORK: NetworkReport = {
  state: 'off',
  wanted: null,
  isGiven: false,
  urls: [],
  fingerprint: null,
  validUntil: null,
  lastError: null,
};

/** How the store is right now, from all parts of the agent. */
export async function statusOf(parts: StatusParts): Promise<AgentStatus> {
  const { store, startedAt } = parts;
  const identity = store.device.state.identity;
  const sync = notInFuture((await parts.sync?.status()) ?? restingSync(store), parts.now());
  const sources = parts.sources();
  const network = parts.network() ?? NO_NETWORK;
  const disk = await parts.disk();
  return {
    version: PRODUCT_VERSION,
    startedAt,
    now: parts.now(),
    store: identity?.store ?? null,
    device: identity?.device ?? null,
    hubUrl: identity?.hubUrl ?? null,
    journal: { epoch: store.journal.epoch, lastSeq: store.journal.lastSeq },
    sync,
    quarantined: store.quarantine.count,
    quarantinedAtHub: store.quarantine.countAtHub,
    sources,
    network,
    disk,
    problems: [
      ...(identity ? [] : [problem('NOT_ENROLLED', 'Facts are kept here; no hub is known to bring them to.')]),
      ...(sync.lastError && sync.phase !== 'online'
        ? [about(sync.lastError, identity ? { hubUrl: identity.hubUrl } : {})]
        : []),
      ...sources.flatMap(({ name, lastError }) => (lastError ? [about(lastError, { source: name })] : [])),
      ...(network.lastError
        ? [about(network.lastError, network.wanted === null ? {} : { address: network.wanted })]
        : []),
      ...clockProblems(sync.clockOffsetMs),
      ...diskProblems(disk),
      ...quarantineProblems(store.quarantine),
      ...store.damage(),
    ],
  };
}

/** Of a status what names nothing of the store. */
export function healthOf({ store, sync, problems }: AgentStatus): AgentHealth {
  const isOnline = sync.phase === 'online';
  return {
    status: 'ok',
    connection: store === null ? 'notEnrolled' : isOnline ? 'online' : 'offline',
    since: sync.since,
    problems: [...new Set(problems.map(({ code }) => code))],
  };
}

/** The clock may have been set back since the last contact was noted. */
const notInFuture = (sync: SyncReport, now: number): SyncReport =>
  sync.since === null || sync.since <= now ? sync : { ...sync, since: Math.round(now) };

/** What the store remembers of the last sync, while there is none. */
export function restingSync({ device, journal }: Store): SyncReport {
  const { ackedSeq, lastAckAt } = device.marks;
  return {
    phase: device.state.identity ? 'stopped' : 'notEnrolled',
    since: lastContact(device.marks),
    lastAckAt,
    ackedSeq,
    backlog: Math.max(0, journal.lastSeq - ackedSeq),
    oldestUnsentAt: null,
    clockOffsetMs: device.state.clock?.offsetMs ?? 0,
    lastError: null,
  };
}

function clockProblems(offsetMs: number): StoreProblem[] {
  if (Math.abs(offsetMs) <= LIMITS.clockOffsetShownMs) return [];
  const seconds = Math.round(Math.abs(offsetMs) / 1_000);
  const isBehind = offsetMs > 0;
  const detail = `This machine's clock is ${seconds} s ${isBehind ? 'behind' : 'ahead of'} the hub's.`;
  return [about(problem('CLOCK_OFF', detail), { seconds, isBehind })];
}

function diskProblems(disk: DiskReport | null): StoreProblem[] {
  if (disk === null || disk.freeBytes >= DISK_LOW_BYTES) return [];
  const freeMegabytes = Math.floor(disk.freeBytes / 1e6);
  return [about(problem('DISK_LOW', `The disk of the data folder has ${freeMegabytes} MB left.`), { freeMegabytes })];
}

function quarantineProblems({ count, countAtHub, isFull }: Store['quarantine']): WireError[] {
  const are = (number: number) => (number === 1 ? 'is' : 'are');
  const details = [
    ...(count > 0 ? [`${count} could not be taken and ${are(count)} set aside.`] : []),
    ...(countAtHub > 0 ? [`${countAtHub} ${are(countAtHub)} set aside at the hub, whose operator decides.`] : []),
  ];
  return [
    ...details.map((detail) => problem('QUARANTINE_NOT_EMPTY', detail)),
    ...(isFull
      ? [problem('QUARANTINE_FULL', 'Nothing more can be set aside: what is not in order waits at its source.')]
      : []),
  ];
}

const about = (problem: WireError, params: ProblemParams): StoreProblem => ({ ...problem, params });

function problem(code: ErrorCode, detail: string): WireError {
  return { code, detail, remedy: ERRORS[code].remedy };
}

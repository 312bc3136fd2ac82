import type { AgentStatus } from '#shared/agent-api/answers.ts';

type Colour = 'green' | 'yellow' | 'red' | 'dim';
const CODES: Readonly<Record<Colour, number>> = { green: 32, yellow: 33, red: 31, dim: 2 };

/**
 * The status as a person reads it: first whether all is safe, then the facts, then what needs attention. Of an agent that
 * does not run nothing is called safe: a till that sells meanwhile is not heard.
 */
export function statusText(
  status: AgentStatus,
  { coloured, running }: { coloured: boolean; running: boolean },
): string {
  const paint = (colour: Colour, text: string) => (coloured ? `\u001B[${CODES[colour]}m${text}\u001B[0m` : text);
  const [colour, verdict] = running ? verdictOf(status) : restingVerdict(status);
  const { sync, journal, now } = status;
  const rows: [string, string][] = [
    ['store', status.store ? `${status.store.code} (${status.store.name}), device ${status.device}` : 'not enrolled'],
    ['hub', hubOf(status)],
    ['journal', `${journal.lastSeq} ${plural(journal.lastSeq, 'fact')} on disk`],
    [
      'unsent',
      sync.backlog === 0
        ? 'nothing'
        : `${sync.backlog} ${plural(sync.backlog, 'fact')}${since(sync.oldestUnsentAt, now, ', oldest from')}`,
    ],
    ['last sync', sync.lastAckAt === null ? 'never' : `${ago(now - sync.lastAckAt)} ago`],
    ['quarantine', quarantineOf(status)],
    ...diskOf(status),
    ...networkOf(status),
    ...status.sources.map((source): [string, string] => [
      source.name,
      `${source.state}, ${source.appended} taken, ${source.duplicates} duplicates, ${source.refused} refused`,
    ]),
  ];
  const width = Math.max(...rows.map(([name]) => name.length));
  const problems = status.problems.flatMap(({ code, detail, remedy }) => [
    `  ${paint('yellow', code)}: ${detail}`,
    `    ${paint('dim', remedy)}`,
  ]);
  return [
    paint(colour, verdict),
    ...rows.map(([name, text]) => `  ${paint('dim', name.padEnd(width))}  ${text}`),
    ...(problems.length > 0 ? ['Needs attention:', ...problems] : []),
    '',
  ].join('\n');
}

function verdictOf({ store, sync, problems }: AgentStatus): [Colour, string] {
  if (store === null) return ['yellow', 'SAFE ON THIS MACHINE: facts are kept, but there is no hub yet'];
  if (sync.phase !== 'online' && sync.lastError?.code === 'DEVICE_REVOKED')
    return ['red', 'SAFE, REFUSED: the hub does not accept this device any more; facts are kept here'];
  if (sync.phase === 'refused') return ['red', 'SAFE, REFUSED: the hub refuses this device; facts are kept here'];
  if (sync.phase !== 'online') return ['yellow', 'SAFE, OFFLINE: facts are kept here and sent when the hub is reached'];
  if (problems.length > 0) return ['yellow', 'SAFE, but something needs attention'];
  return ['green', sync.backlog === 0 ? 'SAFE: everything is at the hub' : 'SAFE: sending'];
}

function restingVerdict({ journal: { lastSeq } }: AgentStatus): [Colour, string] {
  const onDisk = `${lastSeq} ${plural(lastSeq, 'fact')} ${lastSeq === 1 ? 'is' : 'are'} on disk`;
  return ['red', `NOT RUNNING: nothing is taken from the tills; ${onDisk}`];
}

function hubOf({ hubUrl, sync: { phase, since: at }, now }: AgentStatus): string {
  if (hubUrl === null) return 'none';
  if (phase === 'online') return `${hubUrl}, online${since(at, now, ' for')}`;
  const contact = at === null ? 'never connected' : `connected until ${ago(now - at)} ago`;
  return `${hubUrl}, ${PHASES[phase] ?? phase}, ${contact}`;
}

/** Nothing, while the app is closed to other devices. */
function networkOf({ network }: AgentStatus): [string, string][] {
  if (network.state === 'off') return [];
  return [
    ['devices', network.state === 'failed' ? 'not reachable for them' : `open to them at ${network.urls.join(', ')}`],
  ];
}

/** Where the connection stands, in words of people who have not read its machine; others are words already. */
const PHASES: Readonly<Record<string, string>> = {
  idle: 'not tried yet',
  greeting: 'connecting',
  backingOff: 'not reached, tried again by itself',
  refused: 'refused',
  notEnrolled: 'not enrolled',
};

function diskOf({ disk }: AgentStatus): [string, string][] {
  if (disk === null) return [];
  const gigabytes = (bytes: number) => (bytes / 1e9).toFixed(1);
  return [['disk', `${gigabytes(disk.freeBytes)} of ${gigabytes(disk.totalBytes)} GB free`]];
}

function quarantineOf({ quarantined, quarantinedAtHub }: AgentStatus): string {
  if (quarantined + quarantinedAtHub === 0) return 'empty';
  return `${quarantined} set aside${quarantinedAtHub > 0 ? `, ${quarantinedAtHub} at the hub` : ''}`;
}

const since = (at: number | null, now: number, word: string): string =>
  at === null ? '' : `${word} ${ago(now - at)}${word.endsWith('from') ? ' ago' : ''}`;

const plural = (count: number, word: string): string => (count === 1 ? word : `${word}s`);

const UNITS: readonly [string, number][] = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
];

/** A span in its biggest unit: "3 min". */
export function ago(spanMs: number): string {
  const unit = UNITS.find(([, unitMs]) => spanMs >= unitMs);
  return unit ? `${Math.floor(spanMs / unit[1])} ${unit[0]}` : `${Math.max(0, Math.floor(spanMs / 1_000))} s`;
}

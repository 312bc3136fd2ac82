import type { AgentHealth } from '#shared/agent-api/answers.ts';
import { ERRORS, type ErrorCode } from '#shared/protocol/errors.ts';
import type { Clock } from '#shared/runtime/clock.ts';
import { systemClock } from '#shared/runtime/clock.ts';
import type { ElectronParts } from './electron-parts.ts';
import { troublesOf } from './tray-face.ts';
import { nextNotice, NOTHING_NOTICED } from './trouble-notices.ts';

/** An agent that is updated or started again is back within this time, ms. */
const ABSENT_MS = 30_000;

/** The system's own notices: of each trouble once. Clicking one shows the window. */
export function noticesOf(
  { Notification }: Pick<ElectronParts, 'Notification'>,
  show: () => void,
  clock: Pick<Clock, 'monotonic'> = systemClock,
): (health: AgentHealth | undefined) => void {
  let noticed = NOTHING_NOTICED;
  let answeredAt = clock.monotonic();
  return (health) => {
    const now = clock.monotonic();
    if (health !== undefined) answeredAt = now;
    const isAbsent = now - answeredAt >= ABSENT_MS;
    const next = nextNotice(noticed, isAbsent ? ['AGENT_ABSENT'] : troublesOf(health), now);
    ({ noticed } = next);
    if (next.tell.length === 0 || !Notification.isSupported()) return;
    const notice = new Notification({ title: 'Shelfwire', body: next.tell.map(sentenceOf).join('\n') });
    notice.on('click', show);
    notice.show();
  };
}

const sentenceOf = (code: string): string =>
  Object.hasOwn(ERRORS, code) ? `${code}: ${ERRORS[code as ErrorCode].remedy}` : code;

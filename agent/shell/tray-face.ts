import type { AgentHealth } from '#shared/agent-api/answers.ts';
import type { ShellWords } from './words.ts';

export type Tone = 'online' | 'offline' | 'trouble' | 'absent';

/** What the tray shows: a picture by its tone, and a sentence. */
export interface TrayFace {
  readonly tone: Tone;
  readonly text: string;
}

/** Codes that say no more than that the hub is not there: selling goes on, and it is back by itself. */
const ORDINARY: ReadonlySet<string> = new Set(['HUB_UNREACHABLE', 'NOT_ENROLLED']);

/** Of what the agent reports, what somebody should look at. */
export const troublesOf = (health: AgentHealth | undefined): string[] =>
  (health?.problems ?? []).filter((code) => !ORDINARY.has(code));

/**
 * @param health undefined: the agent does not answer
 * @param time how a time of day is written
 */
export function faceOf(health: AgentHealth | undefined, words: ShellWords, time: (at: number) => string): TrayFace {
  if (health === undefined) return { tone: 'absent', text: words.absent };
  const troubles = troublesOf(health);
  if (troubles.length > 0) return { tone: 'trouble', text: words.trouble(troubles.length) };
  if (health.connection === 'online') return { tone: 'online', text: words.online };
  if (health.connection === 'notEnrolled') return { tone: 'offline', text: words.notEnrolled };
  const { since } = health;
  const text = since === null || since === undefined ? words.offline : words.offlineSince(time(since));
  return { tone: 'offline', text };
}

/** Red, green, blue; told apart by shape too. */
const COLOURS: Readonly<Record<Tone, readonly [number, number, number]>> = {
  online: [46, 160, 67],
  offline: [214, 130, 20],
  trouble: [207, 48, 48],
  absent: [128, 128, 128],
};

/** The tray's picture, four bytes a point (blue, green, red, opacity): a disc, a ring, a triangle, a cross. */
export function trayBitmap(tone: Tone, size: number): Buffer {
  const [red, green, blue] = COLOURS[tone];
  const pixels = Buffer.alloc(size * size * 4);
  for (let y = 0; y < size; y += 1) {
    for (let x = 0; x < size; x += 1) {
      const [across, down] = [(2 * x + 1) / size - 1, (2 * y + 1) / size - 1];
      if (SHAPES[tone](across, down)) pixels.set([blue, green, red, 255], (y * size + x) * 4);
    }
  }
  return pixels;
}

/** Whether a point is in the shape; both from -1 to 1, down is positive. */
const SHAPES: Readonly<Record<Tone, (across: number, down: number) => boolean>> = {
  online: (across, down) => Math.hypot(across, down) < 0.85,
  offline: (across, down) => Math.hypot(across, down) < 0.85 && Math.hypot(across, down) > 0.5,
  trouble: (across, down) => down < 0.8 && down > 2 * Math.abs(across) - 0.9,
  absent: (across, down) => Math.abs(Math.abs(across) - Math.abs(down)) < 0.3 && Math.hypot(across, down) < 0.95,
};

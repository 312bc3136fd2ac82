import { Client } from 'pg';
import { runningDatabaseUrl } from '#hub/cli/running-database.ts';
import { seededRandom } from '#shared/runtime/random.ts';
import { ChannelWatch } from './channels/channel-watch.ts';
import type { OutsideOutcome } from './channels/draw-channels.ts';
import { judgeOutside, outsideProblems } from './channels/judge.ts';
import type { Outside } from './channels/outside.ts';
import { saleTimes } from './channels/sale-times.ts';
import { shop } from './channels/shoppers.ts';
import { measureDelays, type Outage } from './oracle/delays.ts';
import type { Outcome } from './screen/closing-table.ts';
import { planFaults, runFaults, type Fault } from './live/faults.ts';
import { Feeder } from './live/feeder.ts';
import type { DemoOptions } from './options.ts';
import { byStore, makePlan, type Plan } from './input/plan.ts';
import { waitUntil } from '#test/support/program.ts';
import type { Progress } from './screen/progress.ts';
import { readFileTotals } from './oracle/reports.ts';
import { STORES } from './input/rules.ts';
import { grouped } from './screen/screen.ts';
import { readSlice, type Slice } from './input/slice.ts';
import { startSystem, type System } from './live/system.ts';
import { problemsOf, verify, type Verdict } from './oracle/verify.ts';
import { Watch } from './live/watch.ts';

/** Where a run tells what it does. */
export interface Audience {
  say(text: string): void;
  /** The feed begins: `read` gives a picture of it at any time; what is returned ends the display. */
  show(read: () => Progress): () => void;
}

const SETTLE_MS_MAX = 90_000;

/**
 * The demo itself: plans, starts all, feeds while things fail, waits for the rest, compares. `finish` is called with what
 * came of it while all still runs. Everything is stopped and removed at the end, however it ends.
 */
export async function runDemo(
  options: DemoOptions,
  audience: Audience,
  signal: AbortSignal,
  finish: (outcome: Outcome, system: System) => Promise<void> = async () => undefined,
): Promise<Outcome> {
  const slice = readSlice(options.data, { from: options.from, days: options.days });
  const plan = makePlan(slice, options.seed);
  const system = await startSystem(plan, options, (step) => audience.say(`starting ${step}`), signal);
  try {
    const outcome = await play(options, slice, plan, system, audience, signal);
    if (outcome.problems.length > 0) outcome.problems.push(`the logs are kept in ${await system.keepLogs()}`);
    await finish(outcome, system);
    return outcome;
  } finally {
    await system.stop();
  }
}

async function play(
  options: DemoOptions,
  slice: Slice,
  plan: Plan,
  system: System,
  audience: Audience,
  signal: AbortSignal,
): Promise<Outcome> {
  const { hub, stores, outside } = system;
  const feedSpanMs = options.seconds * 1000;
  const watch = new Watch(hub.data, Object.values(stores));
  const feeder = new Feeder(
    byStore((code) => stores[code].door),
    signal,
  );
  const channels = outside && new ChannelWatch(outside, hub.data);
  let mostWaiting = 0;
  const setDown = (isDown: boolean): void => {
    if (outside === undefined || channels === undefined) return;
    if (!isDown) mostWaiting = channels.erp.waiting;
    outside.erp.server.faults = () => (isDown ? 'down' : undefined);
    channels.erp.isDown = isDown;
  };
  const faults = planFaults(hub, stores, watch, feedSpanMs, outside && { setDown });
  const startedAt = performance.now();
  const startedMs = Date.now();
  const elapsed = () => performance.now() - startedAt;
  let feedMs: number | undefined;
  watch.start();
  channels?.start();
  const hide = audience.show(() => ({
    title: `UCI Online Retail, ${grouped(slice.rows.length)} rows of ${slice.days.length} days, 3 stores, seed ${options.seed}`,
    phase: feedMs === undefined ? 'feeding' : 'settling',
    elapsedMs: elapsed(),
    day: feeder.day,
    days: slice.days,
    facts: byStore((code) => plan.facts[code].length),
    tally: feeder.tally,
    views: watch.stores,
    links: byStore((code) => stores[code].link.state),
    isHubUp: hub.program.isRunning,
    isDatabaseUp: watch.isDatabaseUp,
    faults,
    outside: channels && { shops: [...channels.shops.values()], erp: channels.erp },
  }));
  try {
    const failing = runFaults(faults, watch, feedSpanMs, signal);
    // Both are awaited below; a failure of one must not go unheard while the other is waited for.
    failing.catch(() => undefined);
    const shopping = outside && shop(outside, hub.url, ordersOf(options, feedSpanMs), signal);
    shopping?.catch(() => undefined);
    await feeder.run(plan.deliveries, slice.days.length, feedSpanMs);
    feedMs = elapsed();
    await failing;
    await shopping;
    const late = await settle(system, feeder, watch, channels, signal);
    const settleMs = elapsed() - feedMs;
    hide();
    await watch.stop();
    await channels?.stop();
    const verdict = await verify(plan, hub, stores);
    const outages = outagesOf(faults, startedMs);
    const judged = outside && channels && (await judge(plan, system, outside, channels, verdict, outages));
    return {
      verdict,
      tally: feeder.tally,
      files: {
        LEEDS: await readFileTotals(stores.LEEDS),
        YORK: await readFileTotals(stores.YORK),
        BATH: await readFileTotals(stores.BATH),
      },
      late: plan.late,
      delays: measureDelays(stores, watch.sights, outages),
      faults,
      feedMs,
      settleMs,
      wireBytesUp: STORES.reduce((sum, code) => sum + stores[code].link.bytesUp, 0),
      outside: judged && { ...judged, mostWaiting },
      problems: [
        ...problemsOf(verdict),
        ...(judged ? outsideProblems(judged.verdict) : []),
        ...feeder.surprises,
        ...faultProblems(faults),
        ...system.crashes(),
        ...late,
      ],
    };
  } finally {
    hide();
    await watch.stop();
    await channels?.stop();
  }
}

/** Of each channel, an order in so many milliseconds. */
const ORDER_EVERY_MS = 1_000;

const ordersOf = ({ seed }: DemoOptions, spanMs: number) => ({
  orders: Math.floor(spanMs / ORDER_EVERY_MS),
  spanMs,
  random: seededRandom(seed),
});

async function judge(
  plan: Plan,
  { hub, stores }: System,
  outside: Outside,
  { confirmed }: ChannelWatch,
  verdict: Verdict,
  outages: readonly Outage[],
): Promise<Omit<OutsideOutcome, 'mostWaiting'>> {
  const client = new Client({ connectionString: await runningDatabaseUrl(hub.data) });
  await client.connect();
  try {
    const times = await saleTimes(client, stores, confirmed, outages);
    return {
      verdict: await judgeOutside(plan, outside, stores, client, verdict),
      times: outside.shops.map(({ account }) => times.get(account)),
    };
  } finally {
    await client.end();
  }
}

/** Waits until every file is dealt with and every journal is at the hub; if not in time, the comparison will show it. */
async function settle(
  system: System,
  feeder: Feeder,
  watch: Watch,
  channels: ChannelWatch | undefined,
  signal: AbortSignal,
): Promise<string[]> {
  const isSettled = async (): Promise<boolean> => {
    for (const code of STORES) {
      const store = system.stores[code];
      const status = await store.status();
      const isSent = status?.sync.phase === 'online' && watch.stores[code].committed >= status.journal.lastSeq;
      if (!isSent || (await store.filesDone()) < feeder.tally[code].files) return false;
    }
    return channels?.isSettled ?? true;
  };
  try {
    await waitUntil('every fact is at the hub', SETTLE_MS_MAX, isSettled, signal);
    return [];
  } catch (error) {
    signal.throwIfAborted();
    return [error instanceof Error ? error.message : String(error)];
  }
}

const faultProblems = (faults: readonly Fault[]): string[] =>
  faults.filter(({ state }) => state !== 'survived').map(({ what, detail }) => `not survived: ${what}: ${detail}`);

const outagesOf = (faults: readonly Fault[], startedMs: number): Outage[] =>
  faults.map(({ beganMs, lastedMs, recoveredMs }) => {
    return { from: startedMs + beganMs, until: startedMs + beganMs + lastedMs + recoveredMs };
  });

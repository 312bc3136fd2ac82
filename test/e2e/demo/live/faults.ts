import { setTimeout as delay } from 'node:timers/promises';
import { signal, type HubProcess } from '#test/support/hub-process.ts';
import { waitUntil } from '#test/support/program.ts';
import { STORES, type StoreCode } from '../input/rules.ts';
import type { StoreProcess } from './store-process.ts';
import type { Watch } from './watch.ts';

/** One failure on purpose, and how it went. */
export interface Fault {
  /** After how much of the feed it begins, 0 to 1. */
  readonly when: number;
  readonly what: string;
  readonly stores: readonly StoreCode[];
  /** Makes it happen, and ends it. */
  run(): Promise<void>;
  state: 'planned' | 'going on' | 'recovering' | 'survived' | 'not survived';
  /** From the beginning of the feed. */
  beganMs: number;
  /** How long it lasted: until the line was whole, or the program answered again. */
  lastedMs: number;
  /** From then until the stores were connected and everything that they had was in the hub's committed state. */
  recoveredMs: number;
  detail: string;
}

const RECOVERY_MS_MAX = 60_000;
const ALL: readonly StoreCode[] = STORES;

/** The script of what goes wrong while facts are fed; `spanMs` is the time that feeding takes. */
export function planFaults(
  hub: HubProcess,
  stores: Readonly<Record<StoreCode, StoreProcess>>,
  watch: Watch,
  spanMs: number,
  erp?: { setDown(isDown: boolean): void },
): Fault[] {
  const scale = Math.min(1, spanMs / 60_000);
  const seconds = (count: number) => count * 1000 * scale;
  const during = (count: number, codes: readonly StoreCode[], bad: (store: StoreProcess) => void) => async () => {
    for (const code of codes) bad(stores[code]);
    await delay(seconds(count));
    for (const code of codes) stores[code].link.heal();
  };
  const cut = (count: number, codes: readonly StoreCode[]) => during(count, codes, ({ link }) => link.cut());
  const killAgent = (code: StoreCode, count: number) => async () => {
    await stores[code].program.killHard();
    await delay(seconds(count));
    await stores[code].start();
  };
  /** One after the other: what ends a hub that is still starting is no failure of the hub. */
  let before: Promise<void> = Promise.resolve();
  const inTurn = (run: () => Promise<void>) => (): Promise<void> => {
    const turn = before.then(run);
    before = turn.catch(() => undefined);
    return turn;
  };
  const killHub = async () => {
    await hub.program.killHard();
    await delay(seconds(2));
    await hub.start();
  };
  const endPostgres = (name: NodeJS.Signals) => async () => {
    // A hub that an earlier failure has ended may be about to start it.
    let pid = -1;
    await waitUntil('PostgreSQL runs', 30_000, async () => {
      pid = (await hub.postgresPid()) ?? -1;
      return pid > 0 && signal(pid, name);
    });
    await waitUntil('PostgreSQL ends', 20_000, () => !signal(pid, 0));
    await waitUntil('PostgreSQL is back', 30_000, () => hub.isReady());
  };
  const fault = (when: number, what: string, stores: readonly StoreCode[], run: () => Promise<void>): Fault => ({
    when,
    what,
    stores,
    run,
    state: 'planned',
    beganMs: 0,
    lastedMs: 0,
    recoveredMs: 0,
    detail: '',
  });
  const span = (count: number) => `${Number(seconds(count).toPrecision(2)) / 1000} s`;
  const erpDown = async () => {
    erp?.setDown(true);
    await delay(0.3 * spanMs);
    erp?.setDown(false);
  };
  return [
    ...(erp === undefined ? [] : [fault(0.3, `ERP down for ${span((0.3 * spanMs) / (1000 * scale))}`, [], erpDown)]),
    fault(0.06, `link of LEEDS cut for ${span(4)}`, ['LEEDS'], cut(4, ['LEEDS'])),
    fault(0.14, 'agent YORK killed (-9)', ['YORK'], killAgent('YORK', 1)),
    fault(
      0.2,
      `link of YORK stalled for ${span(12)}`,
      ['YORK'],
      during(12, ['YORK'], ({ link }) => link.stall()),
    ),
    fault(
      0.26,
      `link of BATH at 2 KB/s for ${span(6)}`,
      ['BATH'],
      during(6, ['BATH'], ({ link }) => link.slow(2_000)),
    ),
    fault(0.36, 'PostgreSQL killed (-9)', ALL, inTurn(endPostgres('SIGKILL'))),
    fault(0.46, 'hub killed (-9)', ALL, inTurn(killHub)),
    fault(0.57, `all links cut for ${span(5)}`, ALL, cut(5, ALL)),
    fault(0.66, 'agent LEEDS killed (-9)', ['LEEDS'], killAgent('LEEDS', 0.5)),
    fault(0.72, 'PostgreSQL shut down', ALL, inTurn(endPostgres('SIGINT'))),
    fault(
      0.79,
      `links cut ${span(3)}, hub killed (-9) in the rush`,
      ALL,
      inTurn(async () => {
        await cut(3, ALL)();
        const held = () => ALL.reduce((sum, code) => sum + watch.stores[code].committed, 0);
        const heldBefore = held();
        await waitUntil('the rush begins', 8_000, () => held() > heldBefore).catch(() => undefined);
        await killHub();
      }),
    ),
    fault(0.9, 'agent BATH killed (-9)', ['BATH'], killAgent('BATH', 0.5)),
    fault(0.93, `link of LEEDS cut for ${span(3)}`, ['LEEDS'], cut(3, ['LEEDS'])),
  ];
}

/** Lets the faults happen, each at its own time; resolves when each was survived or was not. */
export async function runFaults(
  faults: readonly Fault[],
  watch: Watch,
  spanMs: number,
  abort: AbortSignal,
): Promise<void> {
  const startedAt = performance.now();
  const under = faults.map(async (fault) => {
    await delay(Math.max(0, fault.when * spanMs), undefined, { signal: abort });
    fault.beganMs = performance.now() - startedAt;
    fault.state = 'going on';
    try {
      await fault.run();
      fault.lastedMs = performance.now() - startedAt - fault.beganMs;
      fault.state = 'recovering';
      await recover(fault, watch, abort);
    } catch (error) {
      abort.throwIfAborted();
      fault.state = 'not survived';
      fault.detail = String(error);
    }
  });
  await Promise.all(under);
}

async function recover(fault: Fault, watch: Watch, abort: AbortSignal): Promise<void> {
  const endedAt = performance.now();
  const owed = fault.stores.map((code) => ({ view: watch.stores[code], seq: watch.stores[code].journaled }));
  try {
    const isBack = () =>
      watch.isDatabaseUp && owed.every(({ view, seq }) => view.phase === 'online' && view.committed >= seq);
    await waitUntil(fault.what, RECOVERY_MS_MAX, isBack, abort);
    fault.recoveredMs = performance.now() - endedAt;
    fault.state = 'survived';
  } catch (error) {
    abort.throwIfAborted();
    fault.state = 'not survived';
    fault.detail = String(error);
  }
}

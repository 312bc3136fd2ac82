import { mkdir, writeFile } from 'node:fs/promises';
import { cpus } from 'node:os';
import { join, resolve } from 'node:path';
import { drawChart } from '#hub/availability/what-if/chart.ts';
import { policySchema } from '#hub/availability/what-if/policy.ts';
import type { BenchOptions } from '../options.ts';
import { printTable, round } from '../print.ts';
import { duel, NONE, OTHERS, OURS, placesOf, replayUnder, RISKS, runFamily, type Curve } from './curves.ts';
import { CHANNELS, makeRetail, readSales, STORES, type Retail, type SimulatedOutages } from './retail.ts';
import { wilson } from './statistics.ts';

const SLICE = join(import.meta.dirname, '../../data/online-retail-2011-08.csv.gz');
const KINDS: readonly SimulatedOutages[] = ['random', 'nightly', 'weekend'];
const CHANNEL_SHARE = 0.3;
const SEED = 1;

/**
 * Real sales replayed under our lag buffer and under every other rule: who oversells less for the same units withheld,
 * and whether the risk that was promised is kept.
 */
export async function benchWhatIf({ short, rounds = 1, data, out }: BenchOptions): Promise<void> {
  const file = data ?? SLICE;
  const learnDays = short || data === undefined ? 7 : 28;
  const seeds = Array.from({ length: rounds }, (_, round) => SEED + round);
  const told = seeds.map((seed) => readSales(file, seed, CHANNEL_SHARE));
  console.log(`machine   ${cpus().length} x ${cpus()[0]?.model.trim()}, Node ${process.version}`);
  console.log(
    `input     ${file}: ${round(told[0]?.length ?? 0)} sales of a sku, dealt to the stores by seed ${seeds.join(', ')}`,
  );
  console.log(
    `stores    ${STORES.length}, of ${STORES.join(', ')} % of the sales; the first ${learnDays} days only teach`,
  );
  const risks = CHANNELS.map(({ code, epsilon, locations }) => `${code} ${epsilon * 100} % (${locations.size} stores)`);
  console.log(`orders    ${CHANNEL_SHARE * 100} % of the sales, of ${risks.join(', ')}`);
  console.log('stock     simulated: weekly (s, S), see hub/availability/what-if/supply.ts');
  for (const kind of short ? (['nightly'] as const) : KINDS) {
    const dealings = told.map((sales, round) => makeRetail(sales, kind, seeds[round] ?? SEED, learnDays));
    console.log(`\n-- silences: ${kind}; ${round(dealings[0]?.past.shelves.length ?? 0)} shelves`);
    if (dealings[0]) printCalibration(dealings[0]);
    const none = runFamily(dealings, NONE);
    const ours = runFamily(dealings, OURS);
    const others = OTHERS.map((family) => runFamily(dealings, family));
    printDuels(ours, others, none);
    if (out !== undefined) await draw(resolve(out), kind, [ours, ...others], none);
  }
}

function printCalibration(retail: Retail): void {
  const rows: string[][] = [];
  const channels = Object.fromEntries(CHANNELS.map(({ code, epsilon }) => [code, { epsilon }]));
  const policies = [
    { name: 'each its own', channels, epsilon: 0.01 },
    ...RISKS.map((epsilon) => ({ name: 'all the same', channels: {}, epsilon })),
  ];
  for (const given of policies) {
    const policy = policySchema.parse({ rule: 'lagBuffer', ...given });
    const replay = replayUnder(retail, policy, { calibrates: true });
    const shown = given.name === 'each its own' ? [...CHANNELS.keys()] : [0];
    for (const channel of shown) {
      const isOwn = given.name === 'each its own';
      const { windows = 0, exceeded = 0, wantedMore = 0 } = replay.calibration[channel] ?? {};
      const tally = replay.ledger.total(isOwn ? channel : undefined);
      const risk = (isOwn ? CHANNELS[channel]?.epsilon : given.epsilon) ?? 0;
      rows.push([
        isOwn ? (CHANNELS[channel]?.code ?? '') : 'all',
        percent(risk),
        round(windows),
        interval(exceeded, windows),
        percent(wantedMore / Math.max(1, windows)),
        round(tally.accepted),
        interval(tally.cancelled, tally.accepted),
        interval(tally.cancelled, tally.acceptedInSilence),
      ]);
    }
  }
  printTable(
    ['channel', 'epsilon', 'windows', 'unseen > buffer', 'wanted', 'orders', 'cancelled', 'of those in silence'],
    rows,
  );
}

function printDuels(ours: Curve, others: readonly Curve[], none: Curve): void {
  const head = ['at equal withheld', ...ours.runs.map(({ strength }) => `epsilon ${percent(strength)}`)];
  const places = placesOf(ours, none).slice(1);
  const own = ['withheld units', ...places.map(({ withheld }) => round(withheld))];
  const cancelled = ['orders cancelled', ...places.map(({ oversold }) => round(oversold))];
  const rows = others.map((other) => {
    const duels = duel(ours, other, none);
    const cells = ours.runs.map(({ strength }) => {
      const one = duels.find((each) => each.strength === strength);
      return one ? `${one.ratio.toFixed(2)} (${one.low.toFixed(2)}-${one.high.toFixed(2)})` : '-';
    });
    return [`/ ${other.name}`, ...cells];
  });
  printTable(head, [own, cancelled, ...rows]);
  console.log(
    "  ratio of our cancelled orders to the rule's, with its 95 % interval over stores and weeks; -: it has no such place, or nothing to compare",
  );
}

async function draw(folder: string, kind: string, curves: readonly Curve[], none: Curve): Promise<void> {
  await mkdir(folder, { recursive: true });
  const accepted = (curve: Curve) => [...none.runs, ...curve.runs].map(({ total }) => total.accepted);
  const most = Math.max(...(curves[0] ? placesOf(curves[0], none) : []).map(({ withheld }) => withheld)) * 1.15;
  const series = curves.map((curve, index) => {
    const orders = accepted(curve);
    const points = placesOf(curve, none).map(({ withheld, oversold }, place) => {
      const strength = curve.runs[place - 1]?.strength;
      const label = strength === undefined ? 'none' : index === 0 ? percent(strength) : String(strength);
      return { x: withheld, y: oversold / Math.max(1, orders[place] ?? 1), label };
    });
    return { name: curve.name, points: points.filter(({ x }) => x <= most), isOurs: index === 0 };
  });
  const file = join(folder, `what-if-${kind}.svg`);
  // A rule whose weakest form withholds more than all of ours has nothing to show but its begin.
  const shown = series.filter(({ points }) => points.length > 1);
  const svg = drawChart(shown, {
    title: `Withheld and oversold, ${kind} silences`,
    xTitle: 'units withheld, mean over time',
    yTitle: 'channel orders cancelled',
    formatY: percent,
  });
  await writeFile(file, svg);
  console.log(`  picture: ${file}`);
}

const percent = (share: number): string => `${Number((share * 100).toPrecision(3))} %`;

function interval(hits: number, all: number): string {
  const { low, high } = wilson(hits, all);
  const digits = (share: number) => (share * 100).toFixed(2);
  return `${digits(hits / Math.max(1, all))} % (${digits(low)}-${digits(high)})`;
}

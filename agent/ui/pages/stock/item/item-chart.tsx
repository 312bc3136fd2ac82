import { AreaChart } from '@mantine/charts';
import { Text } from '@mantine/core';
import type { ItemHistory } from '#shared/agent-api/answers.ts';
import { useFormat } from '../../../parts/format.ts';
import { useWords } from '../../../words/words.tsx';

/** Below it the axis says times, not days. */
const DAYS_AS_TIMES_MS = 36 * 3_600_000;
const TICKS = 5;

/** The stock over time, in steps: each change at its instant, and the stock of now at the end. */
export function ItemChart({ history }: { history: ItemHistory }) {
  const { item: words, stock } = useWords();
  const format = useFormat();
  const { changes, item, knownSince } = history;
  const known = changes.toReversed().flatMap(({ at, after }) => (after === null ? [] : [{ at, units: after }]));
  const points = [...known, { at: Date.now(), units: item.onHand }];
  if (knownSince === null || known.length === 0) return <Text c="dimmed">{words.unknown}</Text>;
  const isShort = Date.now() - (points[0]?.at ?? 0) < DAYS_AS_TIMES_MS;
  const tick = (at: number): string => (isShort ? format.time(at) : format.shortDay(at));
  return (
    <>
      <div role="img" aria-label={words.chart(format.number(item.onHand), format.instant(knownSince))}>
        <AreaChart
          h={220}
          data={points}
          dataKey="at"
          series={[{ name: 'units', label: stock.onHand, color: 'indigo.6' }]}
          curveType="stepAfter"
          withDots={known.length < 40}
          gridAxis="x"
          tickLine="none"
          valueFormatter={(units) => format.number(units)}
          xAxisProps={{
            type: 'number',
            scale: 'time',
            domain: ['dataMin', 'dataMax'],
            ticks: ticksOf(points, tick),
            tickFormatter: tick,
          }}
          yAxisProps={{ width: 56, allowDecimals: false }}
          tooltipProps={{
            // Nothing is pointed at yet.
            labelFormatter: (at: unknown) => (typeof at === 'number' ? format.full(at) : ''),
          }}
          areaProps={{ isAnimationActive: false }}
        />
      </div>
      <Text size="sm" c="dimmed" mt="xs">
        {words.knownSince(format.full(knownSince))}
      </Text>
    </>
  );
}

/** Evenly over the time, each text once however short it is. */
function ticksOf(points: readonly { readonly at: number }[], text: (at: number) => string): number[] {
  const from = points[0]?.at ?? 0;
  const span = (points.at(-1)?.at ?? from) - from;
  const ticks = Array.from({ length: TICKS }, (_, place) => Math.round(from + (span * place) / (TICKS - 1)));
  return [...new Map(ticks.map((at) => [text(at), at])).values()];
}

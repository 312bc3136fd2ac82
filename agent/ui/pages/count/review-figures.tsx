import { Text } from '@mantine/core';
import type { ReviewLine } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import classes from './count.module.css';
import { sumsOf } from './review-sums.ts';

export function Figures({ lines }: { lines: readonly ReviewLine[] }) {
  const { count: words } = useWords();
  const format = useFormat();
  const { items, differing, over, short, worth } = sumsOf(lines);
  const figures: readonly (readonly [label: string, value: string, hint?: string])[] = [
    [words.items, format.number(items)],
    [words.differing, format.number(differing)],
    [words.over, format.number(over)],
    [words.short, format.number(short)],
    ...worth.map(([currency, minor]) => [words.worth, format.money(minor, currency), words.worthHint] as const),
  ];
  return (
    <dl className={classes['figures']} style={{ margin: 0 }}>
      {figures.map(([label, value, hint]) => (
        <div key={`${label} ${value}`} className={classes['figure']} title={hint}>
          <Text component="dt" size="sm" c="dimmed">
            {label}
          </Text>
          <Text component="dd" fw={700} size="lg" m={0}>
            {value}
          </Text>
        </div>
      ))}
    </dl>
  );
}

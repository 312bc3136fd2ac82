import { Button, Card, Checkbox, Group, Stack, Switch, Text } from '@mantine/core';
import { TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { ReviewLine } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { Cell, Head, Row, StackedTable } from '../../parts/stacked-table.tsx';
import { useWords } from '../../words/words.tsx';
import classes from './count.module.css';
import { differenceOf, worthOf } from './review-sums.ts';

/** Rows at first: more are shown when they are asked for, and all on paper. */
const ROWS = 200;

/** Each sku against the books, the greatest difference first. What is doubted is chosen, and counted again. */
export function ReviewLines(parts: {
  lines: readonly ReviewLine[];
  isOpen: boolean;
  isWhole: boolean;
  recount: (skus: string[]) => void;
}) {
  const { count: words } = useWords();
  const [onlyDiffering, setOnlyDiffering] = useState(false);
  const [isAll, setAll] = useState(false);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const weight = (line: ReviewLine) => Math.abs(worthOf(line)?.minor ?? 0) + Math.abs(differenceOf(line) ?? 0);
  const wanted = parts.lines
    .filter((line) => !onlyDiffering || differenceOf(line) !== 0)
    .toSorted((a, b) => weight(b) - weight(a) || (a.sku < b.sku ? -1 : 1));
  const shown = isAll || parts.isWhole ? wanted : wanted.slice(0, ROWS);
  const picked = wanted.filter(({ sku }) => chosen.has(sku)).map(({ sku }) => sku);
  if (parts.lines.length === 0) return null;
  const choose = (skus: readonly string[], isChosen: boolean) => {
    const next = new Set(chosen);
    for (const sku of skus) {
      if (isChosen) next.add(sku);
      else next.delete(sku);
    }
    setChosen(next);
  };
  return (
    <Stack gap="sm">
      <Group justify="space-between" className="no-print">
        <Switch
          size="md"
          label={words.onlyDiffering}
          checked={onlyDiffering}
          onChange={(event) => setOnlyDiffering(event.currentTarget.checked)}
        />
        {parts.isOpen ? (
          <Button
            variant="default"
            mih={44}
            disabled={picked.length === 0}
            onClick={() => {
              parts.recount(picked);
              setChosen(new Set());
            }}
          >
            {words.recount(picked.length)}
          </Button>
        ) : null}
      </Group>
      <Card withBorder padding={0}>
        <StackedTable
          label={words.review}
          verticalSpacing="xs"
          className={classes['table'] ?? ''}
          head={
            <>
              {parts.isOpen ? (
                <Head isKept w={48} className="no-print">
                  <Checkbox
                    size="md"
                    aria-label={words.selectAll}
                    checked={picked.length > 0 && picked.length === wanted.length}
                    indeterminate={picked.length > 0 && picked.length < wanted.length}
                    onChange={(event) =>
                      choose(
                        wanted.map(({ sku }) => sku),
                        event.currentTarget.checked,
                      )
                    }
                  />
                </Head>
              ) : null}
              <Head isKept={parts.isOpen}>{words.item}</Head>
              <Head className="num">{words.countedUnits}</Head>
              <Head className="num">{words.expectedUnits}</Head>
              <Head className="num">{words.difference}</Head>
              <Head className="num">{words.value}</Head>
              <Head>{words.where}</Head>
            </>
          }
        >
          {shown.map((line) => (
            <Line
              key={line.sku}
              line={line}
              choose={parts.isOpen ? (isChosen) => choose([line.sku], isChosen) : undefined}
              isChosen={chosen.has(line.sku)}
            />
          ))}
        </StackedTable>
      </Card>
      {shown.length < wanted.length ? (
        <Button variant="default" mih={44} className="no-print" onClick={() => setAll(true)}>
          {words.showAll(wanted.length)}
        </Button>
      ) : null}
    </Stack>
  );
}

function Line({
  line,
  choose,
  isChosen,
}: {
  line: ReviewLine;
  choose: ((isChosen: boolean) => void) | undefined;
  isChosen: boolean;
}) {
  const { count: words, stock } = useWords();
  const format = useFormat();
  const { sku, name, counted, expected, moved, zones, at, isZeroed } = line;
  const difference = differenceOf(line);
  const worth = worthOf(line);
  const signed = (value: number) => `${value > 0 ? '+' : ''}${format.number(value)}`;
  return (
    <Row>
      {choose === undefined ? null : (
        <Cell className="no-print">
          <Checkbox
            size="md"
            aria-label={words.select(name ?? sku)}
            checked={isChosen}
            onChange={(event) => choose(event.currentTarget.checked)}
          />
        </Cell>
      )}
      <Cell isMain>
        <Text fw={500}>{name ?? stock.unnamed}</Text>
        <Text size="sm" c="dimmed" ff="monospace">
          {sku}
        </Text>
        {moved > 0 ? (
          <Group gap={6} wrap="nowrap" align="start">
            <TriangleAlert size={16} aria-hidden style={{ flexShrink: 0, marginTop: 3 }} />
            <Text size="sm" fw={500}>
              {words.moved(moved)}
            </Text>
          </Group>
        ) : null}
      </Cell>
      <Cell className="num" label={words.countedUnits}>
        <Text fw={700}>{counted === null ? '?' : format.number(counted)}</Text>
      </Cell>
      <Cell className="num" label={words.expectedUnits}>
        {expected === null ? '–' : format.number(expected)}
      </Cell>
      <Cell className="num" label={words.difference}>
        {difference === null || difference === 0 ? (
          <Text c="dimmed">{difference === null ? '–' : '0'}</Text>
        ) : (
          <Text fw={700} c={difference < 0 ? 'var(--mantine-color-error)' : 'var(--mantine-color-text)'}>
            {signed(difference)}
          </Text>
        )}
      </Cell>
      <Cell className="num" label={words.value}>
        {worth === null || worth.minor === 0 ? '' : format.money(worth.minor, worth.currency)}
      </Cell>
      <Cell isWhole>
        <Text size="sm">
          {isZeroed
            ? words.zeroed
            : zones
                .map(
                  ({ zone, counters }) =>
                    `${zone}: ${counters.map(({ by, quantity }) => `${by} ${format.number(quantity)}`).join(', ')}`,
                )
                .join(' · ')}
        </Text>
        <Text size="sm" c="dimmed">
          {expected === null ? words.superseded : format.instant(at)}
        </Text>
      </Cell>
    </Row>
  );
}

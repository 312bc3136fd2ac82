import { BarChart } from '@mantine/charts';
import { ActionIcon, Anchor, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ChevronLeft, ChevronRight, CloudCheck, HardDrive, ShoppingBasket } from 'lucide-react';
import { useState } from 'react';
import type { DayView, FeedEntry } from '#shared/agent-api/answers.ts';
import { useDay } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { Cell, Head, Row, StackedTable } from '../../parts/stacked-table.tsx';
import { Tiles } from '../../parts/tiles.tsx';
import { dayOf, useToday } from '../../parts/use-today.ts';
import { useWords } from '../../words/words.tsx';

export function TodayPage() {
  const words = useWords();
  const format = useFormat();
  const now = useToday();
  /** Undefined: today, whichever day that is by then. */
  const [chosen, setChosen] = useState<number | undefined>();
  const from = chosen ?? now;
  const { data, error, refetch, isPlaceholderData } = useDay(from, dayOf(from, 1));
  const step = (days: number): void => {
    const next = dayOf(from, days);
    setChosen(next < now ? next : undefined);
  };
  const choose = (
    <Group gap="xs">
      {chosen === undefined ? null : (
        <Button variant="default" onClick={() => setChosen(undefined)}>
          {words.pages.today}
        </Button>
      )}
      <ActionIcon variant="default" aria-label={words.today.yesterday} onClick={() => step(-1)}>
        <ChevronLeft aria-hidden />
      </ActionIcon>
      <Text miw={220} ta="center" aria-live="polite">
        {format.day(from)}
      </Text>
      <ActionIcon
        variant="default"
        aria-label={words.today.tomorrow}
        disabled={chosen === undefined}
        onClick={() => step(1)}
      >
        <ChevronRight aria-hidden />
      </ActionIcon>
    </Group>
  );
  return (
    <>
      <PageTitle right={choose}>{words.pages.today}</PageTitle>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failed error={error} again={() => void refetch()} />
        )
      ) : (
        <Stack style={{ opacity: isPlaceholderData ? 0.5 : 1 }}>
          <Totals day={data} />
          <Hours day={data} />
          <Feed entries={data.feed} />
        </Stack>
      )}
    </>
  );
}

function Totals({ day }: { day: DayView }) {
  const { today } = useWords();
  const format = useFormat();
  const sums = Object.entries(day.netMinor).toSorted(([, a], [, b]) => b - a);
  const [first, ...others] = sums.map(([currency, minor]) => format.money(minor, currency));
  const tiles = [
    { label: today.net, value: first ?? '–', more: others.join(', ') },
    { label: today.sales, value: format.number(day.sales) },
    { label: today.returns, value: format.number(day.returns) },
    { label: today.units, value: format.number(day.units) },
  ];
  return <Tiles tiles={tiles} />;
}

function Hours({ day }: { day: DayView }) {
  const { today } = useWords();
  const format = useFormat();
  const [currency] = Object.entries(day.netMinor).toSorted(([, a], [, b]) => b - a)[0] ?? [];
  if (currency === undefined) return null;
  const byHour = new Map(day.hours.map((hour) => [hour.at, hour]));
  const first = Math.min(...byHour.keys(), day.from + 8 * 3_600_000);
  const last = Math.max(...byHour.keys(), day.from + 19 * 3_600_000);
  const data = [];
  for (let at = first; at <= last; at += 3_600_000) {
    data.push({ hour: format.time(at), amount: byHour.get(at)?.netMinor[currency] ?? 0 });
  }
  return (
    <Card withBorder>
      <Title order={2} size="h4" mb="sm">
        {today.byHour}
      </Title>
      <div role="img" aria-label={today.chart}>
        <BarChart
          h={200}
          data={data}
          dataKey="hour"
          series={[{ name: 'amount', label: today.net, color: 'indigo.6' }]}
          valueFormatter={(minor) => format.money(minor, currency)}
          gridAxis="x"
          {...(data.some(({ amount }) => amount < 0) ? { referenceLines: [{ y: 0, color: 'gray.6' }] } : {})}
          tickLine="none"
          yAxisProps={{ width: 80, tickFormatter: (minor: number) => format.roundMoney(minor, currency) }}
          barProps={{ isAnimationActive: false, radius: [4, 4, 0, 0] }}
        />
      </div>
    </Card>
  );
}

function Feed({ entries }: { entries: readonly FeedEntry[] }) {
  const { today } = useWords();
  const format = useFormat();
  return (
    <Card withBorder padding={0}>
      <Title order={2} size="h4" p="md" pb="xs">
        {today.feed}
      </Title>
      {entries.length === 0 ? (
        <Empty icon={ShoppingBasket} title={today.empty}>
          {today.emptyHint}
        </Empty>
      ) : (
        <StackedTable
          label={today.feed}
          verticalSpacing="sm"
          horizontalSpacing="md"
          highlightOnHover
          head={
            <>
              <Head>{today.time}</Head>
              <Head>{today.what}</Head>
              <Head>{today.receipt}</Head>
              <Head className="num">{today.units}</Head>
              <Head className="num">{today.total}</Head>
              <Head>{today.safe}</Head>
            </>
          }
        >
          {entries.map((entry) => (
            <Entry key={entry.key} entry={entry} time={format.time(entry.at)} />
          ))}
        </StackedTable>
      )}
    </Card>
  );
}

function Entry({ entry, time }: { entry: FeedEntry; time: string }) {
  const { today } = useWords();
  const format = useFormat();
  const { kind, receiptNo, till, units, totalMinor, currency, isVoided, isSafe } = entry;
  const named = [till, receiptNo].filter(Boolean).join(' · ');
  const sign = kind === 'return' ? -1 : 1;
  return (
    <Row {...(isVoided ? { td: 'line-through', c: 'dimmed' } : {})}>
      <Cell>{time}</Cell>
      <Cell>
        {today.kinds[kind] ?? kind}{' '}
        {isVoided ? (
          <Badge color="gray" variant="light" miw="max-content">
            {today.voided}
          </Badge>
        ) : null}
      </Cell>
      <Cell>
        {kind === 'sale' && receiptNo !== null && !isVoided ? (
          <Anchor
            component={Link}
            {...{ to: '/return', search: { receipt: receiptNo } as never }}
            title={today.takeBack}
            c="var(--mantine-color-text)"
            py="sm"
            my="calc(-1 * var(--mantine-spacing-sm))"
            display="inline-block"
            inherit
          >
            {named}
          </Anchor>
        ) : (
          named
        )}
      </Cell>
      <Cell className="num" label={today.units}>
        {format.number(units)}
      </Cell>
      <Cell className="num">
        {totalMinor === null || currency === null ? '' : format.money(sign * totalMinor, currency)}
      </Cell>
      <Cell isMark>
        {isSafe ? (
          <CloudCheck size={20} role="img" aria-label={today.safe} color="var(--mantine-color-teal-light-color)" />
        ) : (
          <HardDrive size={20} role="img" aria-label={today.waits} color="var(--mantine-color-orange-light-color)" />
        )}
      </Cell>
    </Row>
  );
}

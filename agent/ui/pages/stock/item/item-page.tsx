import { Badge, Button, Card, Group, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { Link } from '@tanstack/react-router';
import { ArrowLeft, History } from 'lucide-react';
import type { ItemHistory } from '#shared/agent-api/answers.ts';
import { useItemHistory } from '../../../api/queries.ts';
import { useFormat } from '../../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../../parts/shown.tsx';
import { useWords } from '../../../words/words.tsx';
import { ItemChanges } from './item-changes.tsx';
import { ItemChart } from './item-chart.tsx';
import { OtherStores } from './other-stores.tsx';

/** One item: how its stock has changed and why, and what other stores have. */
export function ItemPage({ sku }: { sku: string }) {
  const { item: words } = useWords();
  const { data, error, refetch } = useItemHistory(sku);
  const back = (
    <Button component={Link} {...{ to: '/stock' }} variant="default" leftSection={<ArrowLeft size={18} aria-hidden />}>
      {words.back}
    </Button>
  );
  return (
    <>
      <PageTitle right={back}>{data?.item.name ?? sku}</PageTitle>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failed error={error} again={() => void refetch()} />
        )
      ) : (
        <Stack>
          <Numbers history={data} />
          <SimpleGrid cols={{ base: 1, lg: 2 }}>
            <Card withBorder component="section" aria-label={words.overTime}>
              <Title order={2} size="h4" mb="sm">
                {words.overTime}
              </Title>
              <ItemChart history={data} />
            </Card>
            <OtherStores sku={sku} />
          </SimpleGrid>
          {data.changes.length === 0 ? (
            <Empty icon={History} title={words.none}>
              {words.noneHint}
            </Empty>
          ) : (
            <ItemChanges history={data} />
          )}
        </Stack>
      )}
    </>
  );
}

function Numbers({ history }: { history: ItemHistory }) {
  const { stock, item: words } = useWords();
  const format = useFormat();
  const { sku, onHand, reserved } = history.item;
  const tiles = [
    { label: stock.onHand, value: onHand },
    { label: stock.reserved, value: reserved },
    { label: stock.free, value: Math.max(0, onHand - reserved) },
    ...(history.coming > 0 ? [{ label: words.coming, value: history.coming }] : []),
  ];
  return (
    <Group gap="xl">
      <Badge variant="default" size="lg" tt="none" ff="monospace">
        {sku}
      </Badge>
      {tiles.map(({ label, value }) => (
        <Text key={label} size="lg">
          <Text span c="dimmed" size="sm">
            {label}
          </Text>{' '}
          <b>{format.number(value)}</b>
        </Text>
      ))}
      <Text size="lg">
        <Text span c="dimmed" size="sm">
          {words.lastCount}
        </Text>{' '}
        {history.lastCount === null
          ? words.neverCounted
          : words.countedThen(format.number(history.lastCount.units), format.full(history.lastCount.at))}
      </Text>
    </Group>
  );
}

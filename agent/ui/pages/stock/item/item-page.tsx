import { Button, Card, SimpleGrid, Stack, Title } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { Link, useNavigate } from '@tanstack/react-router';
import { ArrowLeft, History } from 'lucide-react';
import type { ItemHistory } from '#shared/agent-api/answers.ts';
import { useItemHistory } from '../../../api/queries.ts';
import { useFormat } from '../../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../../parts/shown.tsx';
import { Tiles, type Tile } from '../../../parts/tiles.tsx';
import { useWords } from '../../../words/words.tsx';
import { ItemChanges } from './item-changes.tsx';
import { ItemChart } from './item-chart.tsx';
import { OtherStores } from './other-stores.tsx';

/** One item: how its stock has changed and why, and what other stores have. */
export function ItemPage({ sku }: { sku: string }) {
  const { item: words } = useWords();
  const { data, error, refetch } = useItemHistory(sku);
  const navigate = useNavigate();
  useHotkeys([['Escape', () => void navigate({ to: '/stock' } as never)]]);
  const back = (
    <Button
      component={Link}
      {...{ to: '/stock' }}
      aria-keyshortcuts="Escape"
      variant="default"
      leftSection={<ArrowLeft size={18} aria-hidden />}
    >
      {words.back}
    </Button>
  );
  return (
    <>
      <PageTitle right={back} below={sku}>
        {data?.item.name ?? sku}
      </PageTitle>
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
  const { onHand, reserved } = history.item;
  const { coming, lastCount } = history;
  const tiles: readonly Tile[] = [
    { label: stock.onHand, value: format.number(onHand) },
    { label: stock.reserved, value: format.number(reserved) },
    { label: stock.free, value: format.number(Math.max(0, onHand - reserved)) },
    ...(coming > 0 ? [{ label: words.coming, value: format.number(coming) }] : []),
    {
      label: words.lastCount,
      value: lastCount === null ? '–' : format.number(lastCount.units),
      more: lastCount === null ? words.neverCounted : format.full(lastCount.at),
    },
  ];
  return <Tiles tiles={tiles} />;
}

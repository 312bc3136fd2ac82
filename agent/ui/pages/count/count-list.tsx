import { Alert, Badge, Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { ClipboardList, EyeOff, HardDrive, Plus } from 'lucide-react';
import { useState } from 'react';
import type { CountHeader } from '#shared/agent-api/counts.ts';
import { usePerson } from '../../app/person.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { Cell, Head, Row, StackedTable } from '../../parts/stacked-table.tsx';
import { useWords } from '../../words/words.tsx';
import { openCount } from './place.ts';
import { useEndedCounts, useOpenCounts } from './queries.ts';
import { StartCount } from './start-count.tsx';
import { othersWaiting } from './kept-acts.ts';

/** What is being counted, what was, and the way to begin. */
export function CountList() {
  const { pages, count: words } = useWords();
  const { name } = usePerson();
  const { data, error, refetch } = useOpenCounts();
  // What ended stands below what is open: both are shown at once.
  const { isPending } = useEndedCounts();
  const [starting, setStarting] = useState(false);
  const begin = (
    <Button leftSection={<Plus size={20} aria-hidden />} mih={44} onClick={() => setStarting(true)}>
      {words.begin}
    </Button>
  );
  return (
    <>
      <PageTitle right={begin}>{pages.count}</PageTitle>
      <Stack gap="lg">
        {othersWaiting(localStorage, name).map((other) => (
          <Alert key={other.name} color="orange" icon={<HardDrive aria-hidden />}>
            {words.waitingOthers(other.name, other.acts)}
          </Alert>
        ))}
        {error !== null && data === undefined ? (
          <Failed error={error} again={() => void refetch()} />
        ) : data === undefined || isPending ? (
          <Loading />
        ) : data.items.length === 0 ? (
          <Empty icon={ClipboardList} title={words.none}>
            {words.noneHint}
          </Empty>
        ) : (
          <section aria-label={words.open}>
            <Stack>
              {data.items.map((count) => (
                <OpenCount key={count.id} count={count} />
              ))}
            </Stack>
          </section>
        )}
        {data === undefined || isPending ? null : <Ended />}
      </Stack>
      <StartCount isOpen={starting} close={() => setStarting(false)} />
    </>
  );
}

function OpenCount({ count }: { count: CountHeader }) {
  const { count: words } = useWords();
  const { role } = usePerson();
  const format = useFormat();
  const { id, name, zone, blind, state, openedBy, openedAt, expected } = count;
  return (
    <Card withBorder component="article" aria-label={name}>
      <Group justify="space-between" gap="md">
        <Stack gap={4}>
          <Group gap="xs">
            <Text fw={600} size="lg">
              {name}
            </Text>
            {blind ? (
              <Badge color="gray" leftSection={<EyeOff size={14} aria-hidden />}>
                {words.blind}
              </Badge>
            ) : null}
            {state === 'approving' ? <Badge color="orange">{words.states.approving}</Badge> : null}
          </Group>
          <Text size="sm" c="dimmed">
            {zone} · {words.kinds[expected]} · {words.byWhom(openedBy, format.instant(openedAt))}
          </Text>
        </Stack>
        <Group gap="sm">
          {state === 'open' ? (
            <Button mih={44} onClick={() => openCount(id, 'counting')}>
              {words.go}
            </Button>
          ) : null}
          {role === 'manager' ? (
            <Button mih={44} variant="default" onClick={() => openCount(id, 'review')}>
              {words.review}
            </Button>
          ) : null}
        </Group>
      </Group>
    </Card>
  );
}

function Ended() {
  const { count: words } = useWords();
  const { role } = usePerson();
  const format = useFormat();
  const { data, error, refetch, hasNextPage, fetchNextPage } = useEndedCounts();
  const counts = data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {words.history}
      </Title>
      {error !== null && data === undefined ? (
        <Failed error={error} again={() => void refetch()} />
      ) : counts.length === 0 ? (
        <Text c="dimmed">{words.noHistory}</Text>
      ) : (
        <Card withBorder padding={0}>
          <StackedTable
            label={words.history}
            verticalSpacing="sm"
            head={
              <>
                <Head>{words.name}</Head>
                <Head>{words.when}</Head>
                <Head>{words.state}</Head>
                <Head>{words.outcome}</Head>
              </>
            }
          >
            {counts.map(({ id, name, endedAt, endedBy, state, outcome, reason }) => (
              <Row key={id}>
                <Cell isWhole>
                  {role === 'manager' ? (
                    <Button variant="subtle" mih={44} px="xs" onClick={() => openCount(id, 'review')}>
                      {name}
                    </Button>
                  ) : (
                    name
                  )}
                </Cell>
                <Cell>
                  {endedAt === null ? '' : format.instant(endedAt)} · {endedBy}
                </Cell>
                <Cell>
                  <Badge color={state === 'approved' ? 'teal' : 'gray'}>{words.states[state]}</Badge>
                </Cell>
                <Cell>{outcome === null ? (reason ?? '') : words.outcomeOf(outcome.items, outcome.differing)}</Cell>
              </Row>
            ))}
          </StackedTable>
        </Card>
      )}
      {hasNextPage ? (
        <Button variant="default" mt="sm" mih={44} onClick={() => void fetchNextPage()}>
          {words.more}
        </Button>
      ) : null}
    </section>
  );
}

import { Accordion, Alert, Button, Code, Group, SegmentedControl, Stack, Text, Title } from '@mantine/core';
import { Check, ShieldCheck, TriangleAlert } from 'lucide-react';
import { useState } from 'react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import type { QuarantinedItem, ResendAnswer } from '#shared/agent-api/quarantine.ts';
import { useQuarantine, useStatus } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { wordsFor } from '../../words/problems/shape.ts';
import { useWords } from '../../words/words.tsx';
import { EntryPanel } from './entry-panel.tsx';
import { OwnWords } from './own-words.tsx';
import { usePlain } from './plain.ts';

/** What needs somebody: of the store as a whole, and each thing that could not be taken, with what to do about it. */
export function ProblemsPage() {
  const { pages, problems, count } = useWords();
  // What is wrong with the store as a whole stands above what was set aside: both are shown at once.
  const { data: status, isPending } = useStatus();
  const [state, setState] = useState<'open' | 'closed'>('open');
  const [answer, setAnswer] = useState<ResendAnswer>();
  const { data, error, refetch, hasNextPage, fetchNextPage, isFetchingNextPage } = useQuarantine(state);
  const attention = (status?.problems ?? []).filter(({ code }) => code !== 'QUARANTINE_NOT_EMPTY');
  const items = data?.pages.flatMap((page) => page.items);
  return (
    <>
      <PageTitle
        right={
          <SegmentedControl
            aria-label={problems.setAside}
            value={state}
            onChange={(next) => {
              setState(next);
              setAnswer(undefined);
            }}
            transitionDuration={0}
            data={[
              { value: 'open', label: problems.open },
              { value: 'closed', label: problems.closed },
            ]}
          />
        }
      >
        {pages.problems}
      </PageTitle>
      <Stack gap="lg">
        {state === 'open' && items !== undefined ? <Attention problems={attention} /> : null}
        {answer === undefined ? null : <Sent answer={answer} />}
        {error !== null && data === undefined ? (
          <Failed error={error} again={() => void refetch()} />
        ) : items === undefined || isPending ? (
          <Loading />
        ) : items.length === 0 ? (
          <Nothing isOpen={state === 'open'} isWell={attention.length === 0} />
        ) : (
          <section>
            <Title order={2} size="h4" mb="sm">
              {problems.setAside}
            </Title>
            <Accordion variant="separated" transitionDuration={0}>
              {items.map((item) => (
                <Entry key={item.id} item={item} all={items} sent={setAnswer} />
              ))}
            </Accordion>
            {hasNextPage ? (
              <Button variant="default" mt="md" loading={isFetchingNextPage} onClick={() => void fetchNextPage()}>
                {count.more}
              </Button>
            ) : null}
          </section>
        )}
      </Stack>
    </>
  );
}

function Entry({
  item,
  all,
  sent,
}: {
  item: QuarantinedItem;
  all: readonly QuarantinedItem[];
  sent: (answer: ResendAnswer | undefined) => void;
}) {
  const [isOpened, setOpened] = useState(false);
  const format = useFormat();
  const plain = usePlain(item);
  const alike = all.filter((one) => one.source === item.source && one.code === item.code).length - 1;
  return (
    <Accordion.Item value={item.id}>
      <Accordion.Control onClick={() => setOpened(true)} icon={<TriangleAlert aria-hidden size={20} />}>
        <Group justify="space-between" wrap="nowrap">
          <div>
            <Text fw={600}>{plain.what}</Text>
            <Text size="sm" c="dimmed" lineClamp={1}>
              {plain.where}
            </Text>
          </div>
          <Text size="sm" c="dimmed" mr="xs" style={{ flexShrink: 0 }}>
            {format.instant(item.at)}
          </Text>
        </Group>
      </Accordion.Control>
      <Accordion.Panel>{isOpened ? <EntryPanel id={item.id} alike={alike} sent={sent} /> : null}</Accordion.Panel>
    </Accordion.Item>
  );
}

function Sent({ answer }: { answer: ResendAnswer }) {
  const { problems } = useWords();
  const appended = answer.facts.filter(({ status }) => status === 'appended').length;
  return (
    <Alert color="teal" icon={<Check aria-hidden />} role="status">
      {appended > 0 ? problems.sent(appended) : problems.sentBefore}{' '}
      {answer.unknownSkus.length > 0 ? problems.unknownSkus(answer.unknownSkus.join(', ')) : ''}
    </Alert>
  );
}

function Nothing({ isOpen, isWell }: { isOpen: boolean; isWell: boolean }) {
  const { problems } = useWords();
  const [title, hint] = !isOpen
    ? [problems.noneClosed, '']
    : isWell
      ? [problems.none, problems.noneHint]
      : [problems.noneOpen, problems.noneOpenHint];
  return (
    <Empty icon={ShieldCheck} title={title}>
      {hint}
    </Empty>
  );
}

function Attention({ problems }: { problems: AgentStatus['problems'] }) {
  const { problems: words } = useWords();
  if (problems.length === 0) return null;
  return (
    <Stack gap="sm">
      {problems.map(({ code, detail, remedy, params = {} }) => {
        const said = words.status === null ? undefined : wordsFor(words.status, code);
        return (
          <Alert
            key={code + detail}
            color="orange"
            icon={<TriangleAlert aria-hidden />}
            title={said?.what(params) ?? detail}
          >
            <Text>{said?.todo ?? remedy}</Text>
            {said === undefined ? null : <OwnWords>{detail}</OwnWords>}
            <Code>{code}</Code>
          </Alert>
        );
      })}
    </Stack>
  );
}

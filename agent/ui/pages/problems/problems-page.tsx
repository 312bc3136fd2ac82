import { Accordion, Alert, Badge, Code, Group, Stack, Text, Title } from '@mantine/core';
import { ShieldCheck, TriangleAlert } from 'lucide-react';
import type { AgentStatus } from '#shared/agent-api/answers.ts';
import type { QuarantinedItem } from '#shared/agent-api/quarantine.ts';
import { useQuarantine, useStatus } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

export function ProblemsPage() {
  const { pages, problems } = useWords();
  const { data: status } = useStatus();
  const { data, error, refetch } = useQuarantine();
  const attention = status?.problems ?? [];
  return (
    <>
      <PageTitle>{pages.problems}</PageTitle>
      {error !== null && data === undefined ? (
        <Failed error={error} again={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : data.items.length === 0 && attention.length === 0 ? (
        <Empty icon={ShieldCheck} title={problems.none}>
          {problems.noneHint}
        </Empty>
      ) : (
        <Stack gap="lg">
          <Attention problems={attention} />
          <SetAside items={data.items} />
        </Stack>
      )}
    </>
  );
}

function Attention({ problems }: { problems: AgentStatus['problems'] }) {
  if (problems.length === 0) return null;
  return (
    <Stack gap="sm">
      {problems.map(({ code, detail, remedy }) => (
        <Alert key={code + detail} color="orange" icon={<TriangleAlert aria-hidden />} title={detail}>
          <Text>{remedy}</Text>
          <Code>{code}</Code>
        </Alert>
      ))}
    </Stack>
  );
}

function SetAside({ items }: { items: readonly QuarantinedItem[] }) {
  const { problems } = useWords();
  const format = useFormat();
  if (items.length === 0) return null;
  return (
    <section>
      <Title order={2} size="h4" mb="sm">
        {problems.setAside}
      </Title>
      <Accordion variant="separated">
        {items.map(({ id, at, source, code, detail, verbatim }) => (
          <Accordion.Item key={id} value={id}>
            <Accordion.Control>
              <Group justify="space-between" wrap="nowrap">
                <Text lineClamp={2}>{detail}</Text>
                <Badge variant="light" color="gray" style={{ flexShrink: 0 }}>
                  {format.instant(at)}
                </Badge>
              </Group>
            </Accordion.Control>
            <Accordion.Panel>
              <Stack gap="xs">
                <Text size="sm">
                  {problems.source}: {source} · <Code>{code}</Code>
                </Text>
                <Text size="sm">{problems.text}:</Text>
                <Code block mah={240} style={{ overflow: 'auto' }} tabIndex={0}>
                  {verbatim}
                </Code>
              </Stack>
            </Accordion.Panel>
          </Accordion.Item>
        ))}
      </Accordion>
    </section>
  );
}

import { Alert, Button, Card, Code, Group, List, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import type { Sample, Trial } from '#shared/agent-api/sources.ts';
import { call } from '../../api/client.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

interface Given {
  readonly sample: Sample;
  readonly feed: Readonly<Record<string, unknown>>;
  readonly isReady: boolean;
}

/** What would come of the whole file under these settings. */
export function TrialCard({ sample, feed, isReady }: Given) {
  const { sources } = useWords();
  const trial = useMutation({
    mutationFn: (given: Given['feed']) => call<Trial>('POST', `/v1/samples/${sample.id}/trial`, { feed: given }),
  });
  // Of other settings it says nothing.
  const isOfThese = JSON.stringify(trial.variables) === JSON.stringify(feed);
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {sources.tryIt}
        </Title>
        <Group>
          <Button loading={trial.isPending} disabled={!isReady} onClick={() => trial.mutate(feed)}>
            {sources.tryButton}
          </Button>
          <Text>{sources.trying}</Text>
        </Group>
        {trial.error === null || !isOfThese ? null : <Failed error={trial.error} />}
        {trial.data === undefined || !isOfThese ? null : <Result trial={trial.data} />}
      </Stack>
    </Card>
  );
}

function Result({ trial }: { trial: Trial }) {
  const { sources, today } = useWords();
  const format = useFormat();
  const { unknownSkus } = trial;
  return (
    <Stack role="status">
      {trial.failure === null ? null : (
        <Alert color="red" icon={<TriangleAlert aria-hidden />} title={sources.failed}>
          {trial.failure.detail}
        </Alert>
      )}
      {trial.isWhole ? null : <Text>{sources.partly}</Text>}
      <SimpleGrid cols={{ base: 2, sm: 3, lg: 5 }}>
        <Figure label={sources.rows}>{format.number(trial.rowsRead)}</Figure>
        {Object.entries(trial.facts).map(([kind, facts]) => (
          <Figure key={kind} label={today.kinds[kind] ?? kind}>
            {format.number(facts)}
          </Figure>
        ))}
        <Figure label={sources.rejected}>{format.number(trial.rejectedRows)}</Figure>
        {trial.duplicates > 0 ? <Figure label={sources.duplicates}>{format.number(trial.duplicates)}</Figure> : null}
        {trial.currency === null ? null : (
          <Figure label={sources.net}>{format.money(trial.netMinor, trial.currency)}</Figure>
        )}
        <Figure label={sources.skus}>{format.number(trial.skus)}</Figure>
      </SimpleGrid>
      {trial.from === null || trial.to === null ? null : (
        <Text>
          {sources.span}: {format.instant(trial.from)} – {format.instant(trial.to)}
        </Text>
      )}
      {unknownSkus === null ? null : (
        <Text>
          {unknownSkus.count === 0 ? sources.allKnown : sources.unknown(unknownSkus.count, unknownSkus.some.join(', '))}
        </Text>
      )}
      {trial.reasons.length === 0 ? null : (
        <div>
          <Text fw={600}>{sources.reasons}</Text>
          <List>
            {trial.reasons.map(({ reason, rows, line, example }) => (
              <List.Item key={reason}>
                {format.number(rows)} × {reason}, {sources.example(line)}: <Code>{example}</Code>
              </List.Item>
            ))}
          </List>
        </div>
      )}
    </Stack>
  );
}

function Figure({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div>
      <Text size="sm" c="dimmed">
        {label}
      </Text>
      <Text fw={700} size="lg">
        {children}
      </Text>
    </div>
  );
}

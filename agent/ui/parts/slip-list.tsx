import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { CloudCheck, HardDrive, Printer } from 'lucide-react';
import type { SlipKind } from '#shared/agent-api/answers.ts';
import { useSlips } from '../api/queries.ts';
import { useWords } from '../words/words.tsx';
import { useFormat } from './format.ts';

const SHOWN = 20;

/** The latest returns or arrivals, each to be looked at and printed again. */
export function SlipList({
  kinds,
  title,
  open,
}: {
  kinds: readonly SlipKind[];
  title: string;
  open: (key: string) => void;
}) {
  const { slip: words, today } = useWords();
  const format = useFormat();
  const { data } = useSlips(kinds, SHOWN);
  if (data === undefined || data.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label={title}>
      <Title order={2} size="h4" mb="xs">
        {title}
      </Title>
      <Stack gap={0}>
        {data.map((slip) => {
          const units = slip.lines.reduce((sum, line) => sum + line.quantity, 0);
          const parts = [words.titles[slip.kind], slip.reference, slip.partner, words.pieces(units)];
          return (
            <Group key={slip.key} justify="space-between" wrap="nowrap" py={4}>
              <Group wrap="nowrap" gap="sm" miw={0}>
                {slip.isSafe ? (
                  <CloudCheck size={20} role="img" aria-label={today.safe} style={{ flexShrink: 0 }} />
                ) : (
                  <HardDrive size={20} role="img" aria-label={today.waits} style={{ flexShrink: 0 }} />
                )}
                <Text
                  {...(slip.isVoided ? { td: 'line-through', c: 'dimmed' } : {})}
                  style={{ overflowWrap: 'anywhere' }}
                >
                  <Text span c="dimmed" size="sm">
                    {format.instant(slip.at)}
                  </Text>{' '}
                  {parts.filter(Boolean).join(' · ')}
                </Text>
              </Group>
              <Button
                variant="subtle"
                leftSection={<Printer size={18} aria-hidden />}
                style={{ flexShrink: 0 }}
                onClick={() => open(slip.key)}
              >
                {words.open}
              </Button>
            </Group>
          );
        })}
      </Stack>
    </Card>
  );
}

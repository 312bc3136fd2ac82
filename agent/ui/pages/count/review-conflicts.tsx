import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { Users } from 'lucide-react';
import type { ReviewLine } from '#shared/agent-api/counts.ts';
import { useWords } from '../../words/words.tsx';

/** Skus that several have counted in the same zone: a manager says what is right. */
export function Conflicts(parts: {
  lines: readonly ReviewLine[];
  resolve: (sku: string, zone: string, choice: 'add' | { take: string }) => void;
  recount: (sku: string) => void;
}) {
  const { count: words } = useWords();
  const open = parts.lines.flatMap((line) =>
    line.zones.flatMap((zone) => (zone.isConflict ? [{ ...zone, sku: line.sku, name: line.name }] : [])),
  );
  if (open.length === 0) return null;
  return (
    <Card withBorder component="section" aria-label={words.conflicts} className="no-print">
      <Group gap="xs">
        <Users size={20} aria-hidden color="var(--mantine-color-orange-filled)" />
        <Title order={2} size="h4">
          {words.conflicts}
        </Title>
      </Group>
      <Text c="dimmed" mb="sm">
        {words.conflictHint}
      </Text>
      <Stack>
        {open.map(({ sku, name, zone, counters }) => (
          <Stack key={`${zone} ${sku}`} gap="xs" role="group" aria-label={`${name ?? sku}, ${zone}`}>
            <Text fw={600}>
              {name ?? sku}{' '}
              <Text span c="dimmed">
                · {zone}
              </Text>
            </Text>
            <Group gap="xs">
              {counters.map(({ by, quantity }) => (
                <Button key={by} variant="default" mih={44} onClick={() => parts.resolve(sku, zone, { take: by })}>
                  {words.takeOf(by, quantity)}
                </Button>
              ))}
              <Button variant="default" mih={44} onClick={() => parts.resolve(sku, zone, 'add')}>
                {words.addUp(counters.reduce((sum, { quantity }) => sum + quantity, 0))}
              </Button>
              <Button variant="subtle" mih={44} onClick={() => parts.recount(sku)}>
                {words.recount(0)}
              </Button>
            </Group>
          </Stack>
        ))}
      </Stack>
    </Card>
  );
}

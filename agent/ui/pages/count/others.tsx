import { Badge, Group, Stack, Text, Title } from '@mantine/core';
import type { OtherCounter } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';

/** Who else is counting, where, and what they saw last; in a blind count only that they are there. */
export function Others({ others }: { others: readonly OtherCounter[] }) {
  const { count: words } = useWords();
  const format = useFormat();
  return (
    <section aria-label={words.others}>
      <Title order={2} size="h4" mb="xs">
        {words.others}
      </Title>
      {others.length === 0 ? <Text c="dimmed">{words.nobodyElse}</Text> : null}
      <Stack gap="sm">
        {others.map(({ name, zones, items, units, lastAt, last }) => (
          <div key={name}>
            <Group justify="space-between" gap="xs">
              <Group gap="xs">
                <Text fw={600}>{name}</Text>
                {zones.map((zone) => (
                  <Badge key={zone} color="gray">
                    {zone}
                  </Badge>
                ))}
              </Group>
              <Text size="sm" c="dimmed">
                {words.otherTotal(items, units)} · {format.time(lastAt)}
              </Text>
            </Group>
            {last.map((line) => (
              <Group key={`${line.zone} ${line.sku}`} justify="space-between" wrap="nowrap" gap="xs">
                <Text size="sm" truncate>
                  {line.name ?? line.sku}
                </Text>
                <Text size="sm" className="num">
                  {format.number(line.quantity)}
                </Text>
              </Group>
            ))}
          </div>
        ))}
      </Stack>
    </section>
  );
}

import { Card, SimpleGrid, Text } from '@mantine/core';

export interface Tile {
  readonly label: string;
  readonly value: string;
  /** Below it, smaller. */
  readonly more?: string | undefined;
}

/** A few figures that are seen at a glance, side by side. */
export function Tiles({ tiles }: { tiles: readonly Tile[] }) {
  return (
    <SimpleGrid cols={{ base: 2, md: Math.min(5, Math.max(4, tiles.length)) }}>
      {tiles.map(({ label, value, more = '' }) => (
        <Card key={label} withBorder padding="md" mih={104}>
          <Text size="sm" c="dimmed">
            {label}
          </Text>
          <Text fw={700} fz={{ base: 22, sm: 28 }} lh={1.3} style={{ overflowWrap: 'anywhere' }}>
            {value}
          </Text>
          {more === '' ? null : (
            <Text size="sm" c="dimmed">
              {more}
            </Text>
          )}
        </Card>
      ))}
    </SimpleGrid>
  );
}

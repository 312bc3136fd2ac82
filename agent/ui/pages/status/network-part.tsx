import { Badge, Code, Stack, Table, Text } from '@mantine/core';
import type { NetworkReport } from '#shared/agent-api/answers.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import { Part, Said } from './part.tsx';

const COLOURS = { off: 'gray', listening: 'teal', failed: 'red' } as const;

/** How other devices of the store reach the app, with the fingerprint that people compare. */
export function NetworkPart({ network }: { network: NetworkReport }) {
  const words = useWords().status.network;
  const format = useFormat();
  return (
    <Part title={words.title}>
      <Said label={words.state}>
        <Badge color={COLOURS[network.state]} variant="light">
          {words.states[network.state]}
        </Badge>
      </Said>
      {network.urls.length === 0 ? null : (
        <Said label={words.addresses}>
          <Stack gap={4} align="end">
            {network.urls.map((url) => (
              <Code key={url}>{url}</Code>
            ))}
          </Stack>
        </Said>
      )}
      {network.validUntil === null ? null : <Said label={words.validUntil}>{format.day(network.validUntil)}</Said>}
      {network.fingerprint === null ? null : (
        <Table.Tr>
          <Table.Td colSpan={2}>
            <Stack gap={4}>
              <Text size="sm">{words.fingerprint}</Text>
              <Code block style={{ whiteSpace: 'normal', overflowWrap: 'anywhere' }}>
                {network.fingerprint}
              </Code>
              <Text size="sm" c="dimmed">
                {words.compare}
              </Text>
            </Stack>
          </Table.Td>
        </Table.Tr>
      )}
    </Part>
  );
}

import { Box, Card, Stack, Table, Text, Title } from '@mantine/core';
import { useOtherStores } from '../../../api/queries.ts';
import { useFormat } from '../../../parts/format.ts';
import { Failed, Loading } from '../../../parts/shown.tsx';
import { useWords } from '../../../words/words.tsx';

/** Room for what the hub answers, px: as much as the wait for it takes. What is more scrolls. */
const ANSWER_PX = 220;

/** What other stores may promise of an item; offline, what they could when it was last asked. */
export function OtherStores({ sku }: { sku: string }) {
  const { item: words } = useWords();
  const format = useFormat();
  const { data, error, refetch } = useOtherStores(sku);
  return (
    <Card withBorder component="section" aria-label={words.others}>
      <Title order={2} size="h4" mb="sm">
        {words.others}
      </Title>
      <Box h={ANSWER_PX} style={{ overflowY: 'auto' }} tabIndex={0}>
        {data === undefined ? (
          error === null ? (
            <Loading />
          ) : (
            <Failed error={error} again={() => void refetch()} />
          )
        ) : data.answer === null ? (
          <Text>{words.othersUnknown}</Text>
        ) : (
          <Stack gap="xs">
            <Text size="sm" c="dimmed">
              {data.problem === null
                ? words.othersNow
                : words.othersThen(data.askedAt === null ? '' : format.instant(data.askedAt))}
            </Text>
            {data.answer.stores.length === 0 ? (
              <Text>{words.othersNone}</Text>
            ) : (
              <Table>
                <Table.Thead>
                  <Table.Tr>
                    <Table.Th>{words.store}</Table.Th>
                    <Table.Th className="num">{words.free}</Table.Th>
                    <Table.Th>{words.knownUntil}</Table.Th>
                  </Table.Tr>
                </Table.Thead>
                <Table.Tbody>
                  {data.answer.stores.map(({ code, name, units, knownUntil }) => (
                    <Table.Tr key={code}>
                      <Table.Td>
                        {name}{' '}
                        <Text span c="dimmed" size="sm">
                          {code}
                        </Text>
                      </Table.Td>
                      <Table.Td className="num">{format.number(units)}</Table.Td>
                      <Table.Td>{knownUntil === null ? '–' : format.instant(knownUntil)}</Table.Td>
                    </Table.Tr>
                  ))}
                </Table.Tbody>
              </Table>
            )}
            {data.answer.more > 0 ? <Text size="sm">{words.othersMore(data.answer.more)}</Text> : null}
          </Stack>
        )}
      </Box>
    </Card>
  );
}

import { Badge, Button, Group, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { SignedIn } from '#shared/agent-api/answers.ts';
import { call } from '../../api/client.ts';
import { useSessions } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { Part } from './part.tsx';

/** Who is signed in, on which device: everybody for a manager, who may end it; themselves for a clerk. */
export function SignedInPart() {
  const words = useWords().status.signedIn;
  const { data, error, refetch } = useSessions();
  const queries = useQueryClient();
  const end = useMutation({
    mutationFn: (id: string) => call('DELETE', `/v1/sessions/${id}`),
    onSettled: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  });
  const failed = error ?? end.error;
  if (failed !== null) return <Failed error={failed} again={() => void refetch()} />;
  if (data === undefined) return <Loading />;
  return (
    <Part title={words.title}>
      {data.sessions.map((session) => (
        <Row key={session.id} session={session} end={() => end.mutate(session.id)} isEnding={end.isPending} />
      ))}
    </Part>
  );
}

function Row({ session, end, isEnding }: { session: SignedIn; end: () => void; isEnding: boolean }) {
  const { status, signIn } = useWords();
  const words = status.signedIn;
  const format = useFormat();
  const { person, door, device, address, since, isOwn } = session;
  return (
    <Table.Tr>
      <Table.Th scope="row" fw={400}>
        <Text>
          {person.name}{' '}
          <Text span size="sm" c="dimmed">
            {signIn.roles[person.role]}
          </Text>
        </Text>
        <Text size="sm" c="dimmed">
          {[device, door === 'machine' ? words.here : address, words.since(format.instant(since))]
            .filter((part) => part !== '')
            .join(' · ')}
        </Text>
      </Table.Th>
      <Table.Td>
        <Group justify="end">
          <Stack gap={0}>
            {isOwn ? (
              <Badge variant="light">{words.own}</Badge>
            ) : (
              <Button
                variant="default"
                size="xs"
                disabled={isEnding}
                aria-label={`${words.end}: ${person.name}`}
                onClick={end}
              >
                {words.end}
              </Button>
            )}
          </Stack>
        </Group>
      </Table.Td>
    </Table.Tr>
  );
}

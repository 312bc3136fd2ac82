import { Center, MantineProvider, Stack, Title } from '@mantine/core';
import { QueryCache, QueryClient, QueryClientProvider } from '@tanstack/react-query';
import { useState } from 'react';
import { Failure, isAbsent } from '../api/client.ts';
import { useMe } from '../api/queries.ts';
import { Failed, Loading } from '../parts/shown.tsx';
import { Speaking } from '../words/words.tsx';
import { Pages } from './pages.tsx';
import { SignIn } from './sign-in.tsx';
import { quietColours, theme } from './theme.ts';

export function App() {
  const [queries] = useState(() => {
    const client: QueryClient = new QueryClient({
      // A session that has ended, by rest or by a manager: who is there is asked again.
      queryCache: new QueryCache({
        onError: (error, { queryKey: [name] }) => {
          const isOver = error instanceof Failure && error.code === 'UNAUTHORIZED' && name !== 'me';
          if (isOver) void client.invalidateQueries({ queryKey: ['me'] });
        },
      }),
      defaultOptions: {
        // The agent is on this machine: a wrong request stays wrong, an absent agent is asked again.
        queries: {
          retry: (_count, error) => isAbsent(error),
          retryDelay: 1_000,
          networkMode: 'always',
          staleTime: 1_000,
        },
        mutations: { networkMode: 'always' },
      },
    });
    return client;
  });
  return (
    <MantineProvider theme={theme} cssVariablesResolver={quietColours} defaultColorScheme="auto">
      <Speaking>
        <QueryClientProvider client={queries}>
          <SignedIn />
        </QueryClientProvider>
      </Speaking>
    </MantineProvider>
  );
}

function SignedIn() {
  // While it is asked again and again there is no error yet, but a reason.
  const { data, error, failureReason, refetch } = useMe();
  if (data !== undefined)
    return data.person === null ? <SignIn isFirst={data.isFirst} /> : <Pages person={data.person} door={data.door} />;
  const failure = error ?? failureReason;
  if (!(failure instanceof Failure)) return <Loading />;
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack>
        <Title order={1}>Shelfwire</Title>
        <Failed error={failure} again={() => void refetch()} />
      </Stack>
    </Center>
  );
}

import { Alert, Button, Card, Center, Code, Group, PasswordInput, SimpleGrid, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Delete } from 'lucide-react';
import { useRef, useState } from 'react';
import type { Me } from '#shared/agent-api/answers.ts';
import { call, Failure } from '../api/client.ts';
import { Failed } from '../parts/shown.tsx';
import { useWords } from '../words/words.tsx';
import { Looks } from './looks.tsx';

const DIGITS = ['1', '2', '3', '4', '5', '6', '7', '8', '9'];
const PIN_MAX = 12;
const PIN_MIN = 6;

/** A PIN says who it is: typed, or touched on the digits. */
export function SignIn({ isFirst }: { readonly isFirst: boolean }) {
  const { signIn } = useWords();
  const [pin, setPin] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const queries = useQueryClient();
  const enter = useMutation({
    mutationFn: () => call<Me>('POST', '/v1/sessions', { pin }),
    onSuccess: (me) => queries.setQueryData(['me'], me),
    onError: () => {
      setPin('');
      field.current?.focus();
    },
  });
  const press = (digit: string) => setPin((now) => (now + digit).slice(0, PIN_MAX));
  return (
    <Center mih="100dvh" p="md" component="main">
      <Stack w={340} gap="md">
        <Title order={1} ta="center" size="h2">
          {signIn.title}
        </Title>
        {isFirst ? (
          <Alert color="indigo" variant="light">
            <Stack gap="xs">
              <Text>{signIn.first}</Text>
              <Code block>shelfwire-agent person add NAME --role manager</Code>
              <Text>{signIn.firstThen}</Text>
            </Stack>
          </Alert>
        ) : null}
        <Card withBorder padding="lg">
          <form
            onSubmit={(event) => {
              event.preventDefault();
              enter.mutate();
            }}
          >
            <Stack>
              <PasswordInput
                ref={field}
                label={signIn.pin}
                description={signIn.hint}
                inputMode="numeric"
                autoComplete="off"
                size="lg"
                data-autofocus
                autoFocus
                value={pin}
                onChange={(event) => setPin(event.currentTarget.value.replaceAll(/\D/g, '').slice(0, PIN_MAX))}
              />
              <SimpleGrid cols={3} role="group" aria-label={signIn.digits}>
                {DIGITS.map((digit) => (
                  <Button key={digit} variant="default" size="lg" h={56} onClick={() => press(digit)}>
                    {digit}
                  </Button>
                ))}
                <Button variant="subtle" h={56} px={4} onClick={() => setPin('')}>
                  {signIn.clear}
                </Button>
                <Button variant="default" size="lg" h={56} onClick={() => press('0')}>
                  0
                </Button>
                <Button
                  variant="subtle"
                  h={56}
                  aria-label={signIn.back}
                  onClick={() => setPin((now) => now.slice(0, -1))}
                >
                  <Delete aria-hidden />
                </Button>
              </SimpleGrid>
              <Button type="submit" size="lg" loading={enter.isPending} disabled={pin.length < PIN_MIN}>
                {signIn.enter}
              </Button>
            </Stack>
          </form>
        </Card>
        {enter.error instanceof Failure && enter.error.code === 'RATE_LIMITED' ? (
          <Alert color="orange" role="alert">
            {signIn.wait(Math.ceil((enter.error.retryAfterMs ?? 5_000) / 1_000))}
          </Alert>
        ) : enter.error === null ? null : (
          <Failed error={enter.error} />
        )}
        <Group justify="center">
          <Looks />
        </Group>
      </Stack>
    </Center>
  );
}

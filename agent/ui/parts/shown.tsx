import { Alert, Button, Center, Code, Group, Loader, Stack, Text, Title, VisuallyHidden } from '@mantine/core';
import type { LucideIcon } from 'lucide-react';
import { TriangleAlert } from 'lucide-react';
import type { ReactNode } from 'react';
import { Failure, isAbsent } from '../api/client.ts';
import { useWords } from '../words/words.tsx';
import { StartAgent } from './start-agent.tsx';

/** Nothing is there, and why. */
export function Empty({ icon: Icon, title, children }: { icon: LucideIcon; title: string; children?: ReactNode }) {
  return (
    <Center mih={220} p="xl">
      <Stack align="center" gap="xs" maw={420}>
        <Icon size={40} strokeWidth={1.4} aria-hidden color="var(--mantine-color-dimmed)" />
        <Text fw={600} size="lg" ta="center">
          {title}
        </Text>
        <Text c="dimmed" ta="center" component="div">
          {children}
        </Text>
      </Stack>
    </Center>
  );
}

export function Loading() {
  const { loading } = useWords();
  return (
    <Center mih={220} role="status">
      <Loader aria-hidden />
      <VisuallyHidden>{loading}</VisuallyHidden>
    </Center>
  );
}

/** What went wrong, and what to do: the agent's own words, with its code for whoever helps. Without `again` it was something that somebody did. */
export function Failed({ error, again }: { error: unknown; again?: () => void }) {
  const { failure, safety } = useWords();
  const given =
    error instanceof Failure ? error : new Failure({ code: 'INTERNAL', detail: String(error), status: 500 });
  const absent = again === undefined ? safety.absentAct : safety.absentHint;
  const [title, text] = isAbsent(given) ? [safety.absent, absent] : [failure.title, given.message];
  return (
    <Alert color="red" variant="light" icon={<TriangleAlert aria-hidden />} title={title} role="alert">
      <Stack gap="xs" align="start">
        <Text>{text}</Text>
        {given.remedy === undefined ? null : <Text>{given.remedy}</Text>}
        {isAbsent(given) ? <StartAgent /> : null}
        <Group>
          {again === undefined ? null : (
            <Button variant="default" onClick={again}>
              {failure.again}
            </Button>
          )}
          <Text size="sm">
            {failure.code} <Code>{given.code}</Code>
          </Text>
        </Group>
      </Stack>
    </Alert>
  );
}

export function PageTitle({ children, right, below }: { children: ReactNode; right?: ReactNode; below?: string }) {
  return (
    <Group justify="space-between" align={below === undefined ? 'center' : 'start'} mb="md" wrap="wrap" mih={44}>
      <div style={{ flex: '1 1 280px', minWidth: 0 }}>
        <Title order={1} fz={{ base: 22, sm: 26 }} lh={1.3} style={{ overflowWrap: 'anywhere', hyphens: 'auto' }}>
          {children}
        </Title>
        {below === undefined ? null : (
          <Text size="sm" c="dimmed" ff="monospace">
            {below}
          </Text>
        )}
      </div>
      {right}
    </Group>
  );
}

/** A wide table that scrolls sideways on narrow windows, also by keyboard. */
export function Scrolled({ label, children }: { label: string; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} style={{ overflowX: 'auto' }}>
      <div style={{ minWidth: 560 }}>{children}</div>
    </div>
  );
}

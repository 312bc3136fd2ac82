import { Button, Group, Text } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { DesktopBridge } from '#shared/agent-api/desktop.ts';
import { useWords } from '../words/words.tsx';

/** Of the desktop; in a browser there is none, and nothing is offered. */
const desktop = (globalThis as { shelfwireDesktop?: DesktopBridge }).shelfwireDesktop;

/** Where the agent does not answer: starts it, if this is the desktop, and says why it did not. */
export function StartAgent() {
  const words = useWords().startAgent;
  const start = useMutation({ mutationFn: (bridge: DesktopBridge) => bridge.startAgent() });
  if (desktop === undefined) return null;
  const { data } = start;
  return (
    <Group gap="sm" mt={4}>
      <Button variant="default" size="sm" loading={start.isPending} onClick={() => start.mutate(desktop)}>
        {words.start}
      </Button>
      <Text size="sm" role="status">
        {data !== undefined && !data.isStarted
          ? `${data.code}: ${data.detail} ${data.remedy}`
          : start.isPending
            ? words.starting
            : ''}
      </Text>
    </Group>
  );
}

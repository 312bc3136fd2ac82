import { Alert, Button, Code, Stack, Text } from '@mantine/core';
import { HardDrive, TriangleAlert } from 'lucide-react';
import { isAbsent, type Failure } from '../../api/client.ts';
import { useWords } from '../../words/words.tsx';
import type { ActQueue } from './act-queue.ts';
import type { Queued } from './kept-acts.ts';

/** What is in this browser and not at the agent, and what the agent did not take. Nothing while all goes well. */
export function Waiting({ queue, queued, trouble }: { queue: ActQueue; queued: Queued; trouble: Failure | undefined }) {
  const { count: words } = useWords();
  const { waiting, refused } = queued;
  return (
    <Stack gap="sm" aria-live="polite" mb={trouble === undefined && refused.length === 0 ? 0 : 'md'}>
      {trouble === undefined || waiting.length === 0 ? null : (
        <Alert color="orange" icon={<HardDrive aria-hidden />} title={words.waiting(waiting.length)}>
          <Text>{isAbsent(trouble) ? words.waitingHint : words.waitingTrouble}</Text>
          {isAbsent(trouble) ? null : (
            <Text size="sm">
              {trouble.message} <Code>{trouble.code}</Code>
            </Text>
          )}
        </Alert>
      )}
      {refused.length === 0 ? null : (
        <Alert color="red" icon={<TriangleAlert aria-hidden />} title={words.refused(refused.length)}>
          <Stack gap="xs" align="start">
            {refused.slice(0, 10).map(({ act, code, detail }) => (
              <Text key={act.key} size="sm">
                {'code' in act ? act.code : 'sku' in act ? act.sku : act.do}
                {'quantity' in act ? ` × ${act.quantity ?? 1}` : ''}: {detail} <Code>{code}</Code>
              </Text>
            ))}
            <Button variant="default" mih={44} onClick={() => queue.dismissRefused()}>
              {words.seen}
            </Button>
          </Stack>
        </Alert>
      )}
    </Stack>
  );
}

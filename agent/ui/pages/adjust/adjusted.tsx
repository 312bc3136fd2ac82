import { Alert, Button, Group, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check, Undo2 } from 'lucide-react';
import { useState } from 'react';
import { call, newKey } from '../../api/client.ts';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

/** An adjustment that was saved on this page. */
export interface Saved {
  readonly key: string;
  readonly name: string;
  /** It was said before, and had no answer then. */
  readonly isKnown: boolean;
  /** With its sign. */
  readonly change: string;
}

/** What was saved last, and the way to take it back. */
export function Adjusted({ saved }: { saved: Saved }) {
  const { adjust, adjusted } = useWords();
  const queries = useQueryClient();
  const [key] = useState(newKey);
  const undo = useMutation({
    mutationFn: () =>
      call('POST', '/v1/acts', { kind: 'void', key, body: { voids: saved.key, reason: adjusted.undoReason } }),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <>
      <Alert color={undo.isSuccess ? 'gray' : 'teal'} icon={<Check aria-hidden />} role="status">
        <Group justify="space-between">
          <Text {...(undo.isSuccess ? { c: 'dimmed' } : {})}>
            {undo.isSuccess ? adjusted.undone : saved.isKnown ? adjusted.known : adjust.saved}{' '}
            {adjusted.was(saved.name, saved.change)}
          </Text>
          {undo.isSuccess ? null : (
            <Button
              variant="default"
              leftSection={<Undo2 size={18} aria-hidden />}
              loading={undo.isPending}
              onClick={() => undo.mutate()}
            >
              {adjusted.undo}
            </Button>
          )}
        </Group>
      </Alert>
      {undo.error === null ? null : <Failed error={undo.error} />}
    </>
  );
}

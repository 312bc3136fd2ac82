import { Button, Checkbox, Group, Stack, TextInput } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QuarantineDetail } from '#shared/agent-api/quarantine.ts';
import { call } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

/** Asks why something is not to count, before it is dismissed; others of its kind with it, if wanted. */
export function Dismissal({ item, alike, close }: { item: QuarantineDetail; alike: number; close: () => void }) {
  const { problems } = useWords();
  const queries = useQueryClient();
  const [reason, setReason] = useState('');
  const [isAll, setAll] = useState(false);
  const dismiss = useMutation({
    mutationFn: () => {
      const { source, code } = item;
      return isAll
        ? call('POST', '/v1/quarantine/dismiss', { source, code, reason: reason.trim() })
        : call('POST', `/v1/quarantine/${item.id}/dismiss`, { reason: reason.trim() });
    },
    onSuccess: () => {
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Dialog isOpen close={close} title={problems.dismissTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          dismiss.mutate();
        }}
      >
        <Stack>
          <TextInput
            label={problems.reason}
            value={reason}
            maxLength={256}
            required
            data-autofocus
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          {alike > 0 ? (
            <Checkbox
              size="md"
              label={problems.dismissAll(alike)}
              checked={isAll}
              onChange={(event) => setAll(event.currentTarget.checked)}
            />
          ) : null}
          {dismiss.error === null ? null : <Failed error={dismiss.error} />}
          <Group justify="end">
            <Button variant="default" onClick={close}>
              {problems.keep}
            </Button>
            <Button type="submit" color="red.9" loading={dismiss.isPending} disabled={reason.trim() === ''}>
              {problems.dismiss}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

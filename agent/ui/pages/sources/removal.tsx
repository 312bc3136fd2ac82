import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import type { FeedView } from '#shared/agent-api/sources.ts';
import { call } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

/** Asks before a feed is read no more. */
export function Removal({ feed, close }: { feed: FeedView; close: () => void }) {
  const { sources } = useWords();
  const queries = useQueryClient();
  const remove = useMutation({
    mutationFn: () => call('DELETE', `/v1/feeds/${feed.name}?basedOn=${feed.version}`),
    onSuccess: () => {
      void queries.invalidateQueries();
      close();
    },
  });
  return (
    <Dialog isOpen close={close} title={sources.removeTitle(feed.name)}>
      <Stack>
        <Text>{sources.removeHint}</Text>
        {remove.error === null ? null : <Failed error={remove.error} />}
        <Group justify="end">
          <Button variant="default" onClick={close} data-autofocus>
            {sources.keep}
          </Button>
          <Button color="red.9" loading={remove.isPending} onClick={() => remove.mutate()}>
            {sources.remove}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

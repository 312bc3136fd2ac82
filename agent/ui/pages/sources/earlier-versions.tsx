import { Button, Group, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { FeedView, FeedVersion } from '#shared/agent-api/sources.ts';
import { call } from '../../api/client.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

/** How a feed was set before, and the way back to it. */
export function EarlierVersions({ feed }: { feed: FeedView }) {
  const { sources } = useWords();
  const format = useFormat();
  const queries = useQueryClient();
  const [isShown, setShown] = useState(false);
  const use = useMutation({
    mutationFn: (version: FeedVersion) =>
      call('PUT', `/v1/feeds/${feed.name}`, { feed: version.feed, basedOn: feed.version }),
    onSettled: () => queries.invalidateQueries(),
  });
  const earlier = feed.history.slice(1);
  if (earlier.length === 0) return null;
  return (
    <Stack gap="xs" mt="sm" align="start">
      <Button variant="subtle" px={0} aria-expanded={isShown} onClick={() => setShown(!isShown)}>
        {sources.before} ({earlier.length})
      </Button>
      {use.error === null ? null : <Failed error={use.error} />}
      {isShown
        ? earlier.map((version) => (
            <Group key={version.version}>
              <Text size="sm">{sources.version(version.version, version.by, format.instant(version.at))}</Text>
              {version.feed === null ? (
                <Text size="sm" c="dimmed">
                  {sources.removed}
                </Text>
              ) : (
                <Button size="xs" variant="default" loading={use.isPending} onClick={() => use.mutate(version)}>
                  {sources.use}
                </Button>
              )}
            </Group>
          ))
        : null}
    </Stack>
  );
}

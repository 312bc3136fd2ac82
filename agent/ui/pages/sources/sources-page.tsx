import { Alert, Badge, Button, Card, Code, Group, Stack, Text } from '@mantine/core';
import { Check, FolderInput, Plus } from 'lucide-react';
import { useState } from 'react';
import type { FeedView } from '#shared/agent-api/sources.ts';
import { useFeeds } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { EarlierVersions } from './earlier-versions.tsx';
import { Removal } from './removal.tsx';
import { TableAssistant } from './table-assistant.tsx';

const CHANGEABLE = new Set(['transactions', 'counts']);

/** Where facts come from beside programs and people: each feed, how it is, and what sets one up. */
export function SourcesPage() {
  const { pages, sources } = useWords();
  const { data, error, refetch } = useFeeds();
  const [edited, setEdited] = useState<FeedView | 'new'>();
  const [saved, setSaved] = useState('');
  if (edited !== undefined) {
    const done = (folder: string) => {
      setSaved(folder);
      setEdited(undefined);
    };
    return (
      <TableAssistant feed={edited === 'new' ? undefined : edited} done={done} leave={() => setEdited(undefined)} />
    );
  }
  return (
    <>
      <PageTitle
        right={
          <Button leftSection={<Plus size={20} aria-hidden />} onClick={() => setEdited('new')}>
            {sources.add}
          </Button>
        }
      >
        {pages.sources}
      </PageTitle>
      <Stack>
        {saved === '' ? null : (
          <Alert color="teal" icon={<Check aria-hidden />} role="status">
            {sources.saved(saved)}
          </Alert>
        )}
        {error !== null && data === undefined ? (
          <Failed error={error} again={() => void refetch()} />
        ) : data === undefined ? (
          <Loading />
        ) : data.feeds.length === 0 ? (
          <Empty icon={FolderInput} title={sources.none}>
            {sources.noneHint}
          </Empty>
        ) : (
          data.feeds.map((feed) => <Feed key={feed.name} feed={feed} change={() => setEdited(feed)} />)
        )}
      </Stack>
    </>
  );
}

function Feed({ feed, change }: { feed: FeedView; change: () => void }) {
  const { sources, status } = useWords();
  const format = useFormat();
  const [isRemoving, setRemoving] = useState(false);
  const { folder, url } = feed.feed;
  const [newest] = feed.history;
  const isOwn = feed.from === 'app';
  return (
    <Card withBorder component="article" aria-label={feed.name}>
      <Group justify="space-between" align="start">
        <div>
          <Text fw={600} size="lg">
            {feed.name}
          </Text>
          <Text>{sources.kinds[feed.kind] ?? feed.kind}</Text>
          <Text size="sm" style={{ overflowWrap: 'anywhere' }}>
            {url === undefined ? sources.folder : sources.address}: <Code>{String(url ?? folder)}</Code>
          </Text>
          <Text size="sm" c="dimmed">
            {!isOwn || newest === undefined
              ? sources.fixed
              : sources.version(feed.version, newest.by, format.instant(newest.at))}
          </Text>
        </div>
        {feed.status === null ? null : (
          <Badge color={feed.status.state === 'waiting' ? 'orange' : 'teal'} variant="light">
            {status.states[feed.status.state] ?? feed.status.state}
          </Badge>
        )}
      </Group>
      {feed.status?.lastError ? (
        <Alert color="orange" mt="sm" title={feed.status.lastError.detail}>
          {feed.status.lastError.remedy}
        </Alert>
      ) : null}
      {isOwn ? (
        <>
          <Group mt="sm">
            {CHANGEABLE.has(feed.kind) ? (
              <Button variant="default" onClick={change}>
                {sources.change}
              </Button>
            ) : null}
            <Button variant="default" onClick={() => setRemoving(true)}>
              {sources.remove}
            </Button>
          </Group>
          <EarlierVersions feed={feed} />
        </>
      ) : null}
      {isRemoving ? <Removal feed={feed} close={() => setRemoving(false)} /> : null}
    </Card>
  );
}

import { Button, Card, Group, Stack, TextInput, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { ArrowLeft } from 'lucide-react';
import { useState } from 'react';
import type { FeedView, Sample, TableEncoding, TableLook } from '#shared/agent-api/sources.ts';
import { call } from '../../api/client.ts';
import { useLook } from '../../api/queries.ts';
import { Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { ChooseFile } from './choose-file.tsx';
import { Mapping } from './mapping.tsx';
import { feedOf, missingRoles, suggested, textOf, type TableSettings } from './table-settings.ts';
import { TrialCard } from './trial-card.tsx';

interface Given {
  /** The one that is changed; undefined: a new one. */
  readonly feed: FeedView | undefined;
  readonly done: (folder: string) => void;
  readonly leave: () => void;
}

interface Read {
  readonly encoding?: TableEncoding;
  readonly delimiter?: string;
  readonly hasHeader?: boolean;
}

/** Sets up a feed of tables from one of its files: how it is read, what its columns are, what would come of it. */
export function TableAssistant({ feed, done, leave }: Given) {
  const { pages, sources } = useWords();
  const [sample, setSample] = useState<Sample>();
  const [read, setRead] = useState<Read>({});
  const query = new URLSearchParams(Object.entries(read).map(([name, value]) => [name, String(value)])).toString();
  const { data: look, error } = useLook(sample?.id ?? '', query);
  return (
    <>
      <PageTitle
        right={
          <Button variant="default" leftSection={<ArrowLeft size={20} aria-hidden />} onClick={leave}>
            {pages.sources}
          </Button>
        }
      >
        {feed?.name ?? sources.add}
      </PageTitle>
      <Stack>
        <ChooseFile
          feed={feed?.name}
          chosen={sample}
          choose={(next) => {
            setSample(next);
            setRead({});
          }}
        />
        {sample === undefined ? null : error !== null ? (
          <Failed error={error} />
        ) : look === undefined ? (
          <Loading />
        ) : (
          <Settings
            key={`${sample.id} ${JSON.stringify(look.columns)}`}
            {...{ sample, look, feed, done }}
            reread={(next) => setRead({ ...read, ...next })}
          />
        )}
      </Stack>
    </>
  );
}

function Settings({
  sample,
  look,
  feed,
  done,
  reread,
}: Pick<Given, 'feed' | 'done'> & { sample: Sample; look: TableLook; reread: (read: Read) => void }) {
  const { sources } = useWords();
  const queries = useQueryClient();
  const [settings, setSettings] = useState<TableSettings>(() => suggested(look, feed?.feed));
  const [name, setName] = useState(feed?.name ?? '');
  const [folder, setFolder] = useState(textOf(feed?.feed['folder'], ''));
  const missing = missingRoles(settings);
  const given = { ...feedOf(settings, feed?.feed), ...(folder.trim() === '' ? {} : { folder: folder.trim() }) };
  const save = useMutation({
    mutationFn: () =>
      call<FeedView>('PUT', `/v1/feeds/${name}`, { feed: { ...given, name }, basedOn: feed?.version ?? 0 }),
    onSuccess: (saved) => {
      void queries.invalidateQueries();
      done(textOf(saved.feed['folder'], ''));
    },
  });
  return (
    <>
      <Mapping
        look={look}
        settings={settings}
        missing={missing}
        change={(next) => setSettings({ ...settings, ...next })}
        reread={reread}
      />
      <TrialCard sample={sample} feed={{ ...given, name: name || 'new' }} isReady={missing.length === 0} />
      <Card withBorder>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <Stack>
            <Title order={2} size="h4">
              {sources.save}
            </Title>
            <TextInput
              label={sources.name}
              description={sources.nameHint}
              value={name}
              required
              maxLength={32}
              pattern="[a-z0-9][a-z0-9\-]*"
              disabled={feed !== undefined}
              onChange={(event) => setName(event.currentTarget.value)}
            />
            <TextInput
              label={sources.folder}
              description={sources.folderHint}
              value={folder}
              maxLength={1_024}
              onChange={(event) => setFolder(event.currentTarget.value)}
            />
            {save.error === null ? null : <Failed error={save.error} />}
            <Group>
              <Button type="submit" loading={save.isPending} disabled={missing.length > 0 || name === ''}>
                {sources.saveButton}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </>
  );
}

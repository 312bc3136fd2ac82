import { Card, FileInput, Select, Stack, Text, Title } from '@mantine/core';
import { useMutation } from '@tanstack/react-query';
import type { Sample } from '#shared/agent-api/sources.ts';
import { call } from '../../api/client.ts';
import { useFeedFiles } from '../../api/queries.ts';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

interface Given {
  readonly feed: string | undefined;
  readonly chosen: Sample | undefined;
  readonly choose: (sample: Sample) => void;
}

/** A file to set the feed up with: from this computer, or one that lies in the feed's folder. */
export function ChooseFile({ feed, chosen, choose }: Given) {
  const { sources } = useWords();
  const { data } = useFeedFiles(feed ?? '');
  const upload = useMutation({
    mutationFn: (file: File) =>
      call<Sample>('POST', `/v1/samples?name=${encodeURIComponent(file.name.slice(0, 200))}`, file),
    onSuccess: choose,
  });
  const copy = useMutation({
    mutationFn: (id: string) => {
      const [place, file] = id.split(/\/(.*)/s);
      return call<Sample>('POST', '/v1/samples/from-feed', { feed, place, file });
    },
    onSuccess: choose,
  });
  const files = data?.files ?? [];
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {sources.choose}
        </Title>
        <FileInput
          label={sources.upload}
          size="md"
          accept=".csv,.txt,text/csv,text/plain"
          disabled={upload.isPending}
          onChange={(file) => (file === null ? undefined : upload.mutate(file))}
        />
        {files.length === 0 ? null : (
          <Select
            label={sources.orFrom}
            searchable
            disabled={copy.isPending}
            data={files.map(({ place, name }) => ({
              value: `${place}/${name}`,
              label: `${name} (${sources.places[place]})`,
            }))}
            onChange={(id) => (id === null ? undefined : copy.mutate(id))}
          />
        )}
        {upload.error === null ? null : <Failed error={upload.error} />}
        {copy.error === null ? null : <Failed error={copy.error} />}
        {chosen === undefined ? null : <Text fw={600}>{chosen.name}</Text>}
      </Stack>
    </Card>
  );
}

import { Button, Group, Radio, Stack, Switch, Text, TextInput } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { CountOpening, Expectation } from '#shared/agent-api/count-acts.ts';
import type { CountHeader } from '#shared/agent-api/counts.ts';
import { call, newKey } from '../../api/client.ts';
import { Failed } from '../../parts/shown.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useSpeech } from '../../words/words.tsx';
import { openCount } from './place.ts';
import { skusFound } from './queries.ts';

const KINDS = ['all', 'none', 'listed'] as const;
/** More than the agent takes in one list: then it is told. */
const FOUND_MAX = 5_001;

export function StartCount({ isOpen, close }: { isOpen: boolean; close: () => void }) {
  const { words } = useSpeech();
  return (
    <Dialog isOpen={isOpen} close={close} title={words.count.begin} size="lg">
      <Form close={close} />
    </Dialog>
  );
}

/** What a count is of, and what should be found. The same form sent twice begins one count. */
function Form({ close }: { close: () => void }) {
  const { words: all, locale } = useSpeech();
  const words = all.count;
  const queries = useQueryClient();
  const [id] = useState(newKey);
  const [name, setName] = useState(() => words.named(new Date().toLocaleDateString(locale)));
  const [zone, setZone] = useState<string>(words.zoneFirst);
  const [blind, setBlind] = useState(false);
  const [kind, setKind] = useState<Expectation['kind']>('all');
  const [typed, setTyped] = useState('');
  const [search] = useDebouncedValue(typed.trim(), 150);
  const { data: found } = useQuery({
    queryKey: ['counts', 'found', search],
    queryFn: () => skusFound(search, FOUND_MAX),
    enabled: kind === 'listed' && search !== '',
  });
  const begin = useMutation({
    mutationFn: async () => {
      const skus = kind === 'listed' ? (await skusFound(typed.trim(), FOUND_MAX)).slice(0, FOUND_MAX - 1) : [];
      const expected: Expectation = kind === 'listed' ? { kind, skus } : { kind };
      const opening: CountOpening = { name: name.trim(), zone: zone.trim(), blind, expected };
      return call<CountHeader>('POST', '/v1/counts', { id, ...opening });
    },
    onSuccess: (count) => {
      void queries.invalidateQueries({ queryKey: ['counts'] });
      openCount(count.id, 'counting');
    },
  });
  const isReady = name.trim() !== '' && zone.trim() !== '' && (kind !== 'listed' || (found?.length ?? 0) > 0);
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        begin.mutate();
      }}
    >
      <Stack>
        <TextInput
          label={words.name}
          value={name}
          maxLength={80}
          required
          data-autofocus
          onChange={(event) => setName(event.currentTarget.value)}
        />
        <TextInput
          label={words.zone}
          description={words.zoneHint}
          value={zone}
          maxLength={64}
          required
          onChange={(event) => setZone(event.currentTarget.value)}
        />
        <Radio.Group label={words.expected} value={kind} onChange={setKind}>
          <Stack gap="xs" mt="xs">
            {KINDS.map((one) => (
              <Radio.Card key={one} value={one} p="sm" mih={56}>
                <Group wrap="nowrap" align="start">
                  <Radio.Indicator aria-hidden />
                  <div>
                    <Text fw={500}>{words.kinds[one]}</Text>
                    <Text size="sm" c="dimmed">
                      {words.kindHints[one]}
                    </Text>
                  </div>
                </Group>
              </Radio.Card>
            ))}
          </Stack>
        </Radio.Group>
        {kind === 'listed' ? (
          <TextInput
            label={words.search}
            value={typed}
            required
            maxLength={256}
            onChange={(event) => setTyped(event.currentTarget.value)}
            description={
              found === undefined ? ' ' : found.length >= FOUND_MAX ? words.tooMany : words.found(found.length)
            }
          />
        ) : null}
        <Switch
          size="md"
          label={words.blind}
          description={words.blindHint}
          checked={blind}
          onChange={(event) => setBlind(event.currentTarget.checked)}
        />
        {begin.error === null ? null : <Failed error={begin.error} />}
        <Group justify="end">
          <Button variant="default" mih={44} onClick={close}>
            {words.close}
          </Button>
          <Button type="submit" mih={44} loading={begin.isPending} disabled={!isReady}>
            {words.start}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

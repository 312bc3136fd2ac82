import { Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QuarantineDetail, ResendAnswer } from '#shared/agent-api/quarantine.ts';
import { call } from '../../api/client.ts';
import { useQuarantined } from '../../api/queries.ts';
import { usePerson } from '../../app/person.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { Dismissal } from './dismissal.tsx';
import { usePlain } from './plain.ts';
import { RepairForm, type Correction } from './repair-form.tsx';

interface Around {
  /** How many others there are of its kind. */
  readonly alike: number;
  readonly sent: (answer: ResendAnswer | undefined) => void;
}

/** One thing that was set aside: why, what was done, and what can be done. */
export function EntryPanel({ id, ...given }: Around & { id: string }) {
  const { data, error, refetch } = useQuarantined(id);
  if (data !== undefined) return <Entry item={data} {...given} />;
  return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
}

function Entry({ item, alike, sent }: Around & { item: QuarantineDetail }) {
  const { problems } = useWords();
  const person = usePerson();
  const plain = usePlain(item);
  const queries = useQueryClient();
  const [isDismissing, setDismissing] = useState(false);
  const settle = () => queries.invalidateQueries();
  const path = `/v1/quarantine/${item.id}`;
  const resend = useMutation({
    mutationFn: (given: Correction) => call<ResendAnswer>('POST', `${path}/resend`, given),
    onMutate: () => sent(undefined),
    onSuccess: sent,
    // What was refused stands in its history: it is asked for anew.
    onSettled: settle,
  });
  const turn = useMutation({
    mutationFn: (act: string) => call<QuarantineDetail>('POST', `${path}/${act}`),
    onSettled: settle,
  });
  const isOpen = item.state === 'open';
  const mayDecide = person.role === 'manager';
  const { why, canReadAgain, text } = item.form;
  return (
    <Stack gap="md">
      <div>
        <Text fw={600}>{problems.wrong}</Text>
        <Text>{item.detail}</Text>
      </div>
      {isOpen && plain.todo !== '' ? (
        <div>
          <Text fw={600}>{problems.todo}</Text>
          <Text>{plain.todo}</Text>
        </div>
      ) : null}
      {isOpen && why !== null ? <Text>{problems.notHere[why]}</Text> : null}
      {isOpen && mayDecide && text !== null ? (
        <RepairForm form={{ ...item.form, text }} isSending={resend.isPending} send={(given) => resend.mutate(given)} />
      ) : (
        <div>
          <Text fw={600}>{problems.text}</Text>
          <Code block mah={240} style={{ overflow: 'auto' }} tabIndex={0}>
            {item.verbatim}
          </Code>
        </div>
      )}
      {resend.error === null ? null : <Failed error={resend.error} />}
      {turn.error === null ? null : <Failed error={turn.error} />}
      {isOpen && !mayDecide ? <Text c="dimmed">{problems.managers}</Text> : null}
      {mayDecide ? (
        <Group>
          {canReadAgain ? (
            <Button loading={turn.isPending} onClick={() => turn.mutate('read-again')}>
              {problems.readAgain}
            </Button>
          ) : null}
          {isOpen ? (
            <Button variant="default" onClick={() => setDismissing(true)}>
              {problems.dismiss}
            </Button>
          ) : null}
          {item.state === 'dismissed' ? (
            <Button variant="default" loading={turn.isPending} onClick={() => turn.mutate('reopen')}>
              {problems.reopen}
            </Button>
          ) : null}
        </Group>
      ) : null}
      <History item={item} />
      {isDismissing ? <Dismissal item={item} alike={alike} close={() => setDismissing(false)} /> : null}
    </Stack>
  );
}

function History({ item }: { item: QuarantineDetail }) {
  const { problems } = useWords();
  const format = useFormat();
  if (item.acts.length === 0) return null;
  return (
    <div>
      <Text fw={600}>{problems.history}</Text>
      <List size="sm">
        {item.acts.map(({ at, by, act, note }, place) => (
          <List.Item key={`${at} ${place}`}>
            {format.instant(at)} · {by.replace(/^ui:/, '')} · {problems.acts[act] ?? act}
            {note === '' ? null : (
              <Text span size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {' '}
                {note.slice(0, 300)}
              </Text>
            )}
          </List.Item>
        ))}
      </List>
    </div>
  );
}

import { Button, Code, Group, List, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { QuarantineDetail, ResendAnswer } from '#shared/agent-api/quarantine.ts';
import { call } from '../../api/client.ts';
import { useQuarantined } from '../../api/queries.ts';
import { usePerson } from '../../app/person.ts';
import { useFormat } from '../../parts/format.ts';
import { Failed, Loading } from '../../parts/shown.tsx';
import { wordsFor } from '../../words/problems/shape.ts';
import { useWords } from '../../words/words.tsx';
import { Dismissal } from './dismissal.tsx';
import { OwnWords } from './own-words.tsx';
import { usePlain } from './plain.ts';
import { RepairForm, type Correction } from './repair-form.tsx';

const WRONG_SHOWN = 3;
const VALUE_CHARS = 80;

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
        <Wrong item={item} />
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

/** In the agent's own words, or in those of the app by code; then its own stand below, for whoever helps. */
function Wrong({ item }: { item: QuarantineDetail }) {
  const { problems } = useWords();
  const { code, detail, key, origin, source, form } = item;
  const isKnown = wordsFor(problems.codes, code) !== undefined;
  if (problems.inEnglish === null || !isKnown) return <Text lang="en">{detail}</Text>;
  const said = problems.about?.({
    code,
    key,
    file: origin === null || origin.file === '' ? null : origin.file,
    line: origin?.line ?? 0,
    isAtHub: source === 'hub',
    voids: form.fields.find(({ id }) => id === 'body.voids')?.value,
  });
  const values = form.fields.filter(({ isWrong }) => isWrong).slice(0, WRONG_SHOWN);
  return (
    <Stack gap={4}>
      {said === undefined ? null : <Text>{said}</Text>}
      {values.map(({ id, label, value, kind }) => (
        <Text key={id} style={{ overflowWrap: 'anywhere' }}>
          {problems.wrongValue?.(label, value.slice(0, VALUE_CHARS), kind)}
        </Text>
      ))}
      <OwnWords>{detail}</OwnWords>
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

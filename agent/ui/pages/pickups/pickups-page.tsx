import { Alert, Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { PackageCheck, ShoppingBag, Truck } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { call, newKey } from '../../api/client.ts';
import { useTasks } from '../../api/queries.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useSpeech, useWords } from '../../words/words.tsx';
import { PickList } from './pick-list.tsx';
import { RejectTask } from './reject-task.tsx';
import { unpicked } from './scanned-line.ts';
import { StepKeys } from './step-keys.ts';
import { timeLeft, urgencyOf, type Urgency } from './time-left.ts';

const TONES: Readonly<Record<Urgency, string>> = { late: 'red', soon: 'orange', fine: 'teal', none: 'gray' };

/** What customers collect here and what goes out as a parcel: what is due first stands first. */
export function PickupsPage() {
  const { pages, pickups } = useWords();
  const { data, error, refetch } = useTasks();
  return (
    <>
      <PageTitle>{pages.pickups}</PageTitle>
      {data === undefined ? (
        error === null ? (
          <Loading />
        ) : (
          <Failed error={error} again={() => void refetch()} />
        )
      ) : data.items.length === 0 ? (
        <Empty icon={PackageCheck} title={pickups.none}>
          {pickups.noneHint}
        </Empty>
      ) : (
        <Stack>
          {data.items.map((task) => (
            <TaskCard key={task.task} task={task} />
          ))}
        </Stack>
      )}
    </>
  );
}

export type Step = 'accept' | 'pick' | 'hand-over' | 'ship' | 'reject';

/** Says a step of a task, under a key of its own until there is an answer, so that pressing twice does it once. */
function useStep(task: number) {
  const queries = useQueryClient();
  const [keys] = useState(() => new StepKeys(newKey));
  return useMutation({
    mutationFn: ({ step, body }: { step: Step; body: object }) =>
      call<TaskView>('POST', `/v1/tasks/${task}/${step}`, body, { key: keys.of({ step, body }) }),
    onSettled: (_answer, error) => {
      if (error === null) keys.answered();
      void queries.invalidateQueries({ queryKey: ['tasks'] });
      void queries.invalidateQueries({ queryKey: ['stock'] });
    },
  });
}

function TaskCard({ task }: { task: TaskView }) {
  const { pickups } = useWords();
  const say = useStep(task.task);
  const [rejecting, setRejecting] = useState(false);
  const isCollect = task.kind === 'collect';
  const Icon = isCollect ? ShoppingBag : Truck;
  const units = task.lines.reduce((sum, line) => sum + line.units, 0);
  const left = unpicked(task);
  const last: Step = isCollect ? 'hand-over' : 'ship';
  return (
    <Card withBorder component="article" aria-label={`${pickups.order} ${task.order.id}`}>
      <Stack gap="sm">
        <Group justify="space-between" wrap="wrap">
          <Group gap="sm">
            <Icon size={22} aria-hidden />
            <Title order={2} size="h4">
              {task.order.id}
            </Title>
            <Text c="dimmed">{[task.customer?.name, task.order.channel].filter(Boolean).join(' · ')}</Text>
          </Group>
          <Group gap="xs">
            <Badge color="indigo">{pickups.states[task.state]}</Badge>
            <Due dueAt={task.dueAt} />
          </Group>
        </Group>
        {task.conflict === null ? null : (
          <Alert color="orange" title={pickups.conflict}>
            {task.conflict}
          </Alert>
        )}
        <PickList task={task} pick={(line) => say.mutate({ step: 'pick', body: { lines: [{ line, quantity: 1 }] } })} />
        <Progress
          value={units === 0 ? 0 : ((units - left) / units) * 100}
          aria-label={pickups.progress(units - left, units)}
          color="teal"
        />
        {say.error === null ? null : <Failed error={say.error} />}
        <Group>
          {task.state === 'open' ? (
            <Button loading={say.isPending} onClick={() => say.mutate({ step: 'accept', body: {} })}>
              {pickups.accept}
            </Button>
          ) : left > 0 ? (
            <Button loading={say.isPending} onClick={() => say.mutate({ step: 'pick', body: {} })}>
              {pickups.pickAll(left)}
            </Button>
          ) : (
            <Button color="teal" loading={say.isPending} onClick={() => say.mutate({ step: last, body: {} })}>
              {isCollect ? pickups.handOver : pickups.ship}
            </Button>
          )}
          <Button variant="default" onClick={() => setRejecting(true)}>
            {pickups.reject}
          </Button>
        </Group>
      </Stack>
      <RejectTask
        isOpen={rejecting}
        close={() => setRejecting(false)}
        reject={(reason) => say.mutate({ step: 'reject', body: { reason } })}
      />
    </Card>
  );
}

function Due({ dueAt }: { dueAt: number | null }) {
  const { locale } = useSpeech();
  const { pickups } = useWords();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (dueAt === null) return null;
  return (
    <Badge color={TONES[urgencyOf(dueAt, now)]} aria-label={`${pickups.due} ${timeLeft(dueAt, now, locale)}`}>
      {timeLeft(dueAt, now, locale)}
    </Badge>
  );
}

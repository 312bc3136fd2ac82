import { Alert, Badge, Button, Card, Group, Progress, Stack, Text, Title } from '@mantine/core';
import { PackageCheck, ShoppingBag, Truck } from 'lucide-react';
import { useEffect, useState } from 'react';
import type { TaskView } from '#shared/agent-api/answers.ts';
import { useTasks } from '../../api/queries.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useSpeech, useWords } from '../../words/words.tsx';
import { PickList } from './pick-list.tsx';
import { RejectTask } from './reject-task.tsx';
import { unpicked } from './scanned-line.ts';
import { timeLeft, urgencyOf, type Urgency } from './time-left.ts';
import { usePick, useStep, type Step } from './use-step.ts';

const TONES: Readonly<Record<Urgency, string>> = { late: 'red', soon: 'orange', fine: 'teal', none: 'gray' };

/** What customers collect here and what goes out as a parcel: what is due first stands first. */
export function PickupsPage() {
  const { pages, pickups } = useWords();
  const { data, error, refetch } = useTasks();
  // Where the scanner goes on.
  const next = data?.items.find((task) => task.state !== 'open' && unpicked(task) > 0);
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
        <Stack maw={860}>
          {data.items.map((task) => (
            <TaskCard key={task.task} task={task} isNext={task === next} />
          ))}
        </Stack>
      )}
    </>
  );
}

function TaskCard({ task, isNext }: { task: TaskView; isNext: boolean }) {
  const { pickups } = useWords();
  const say = useStep(task.task);
  const scanned = usePick(task.task);
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
          <Group gap="sm" miw={0} style={{ overflowWrap: 'anywhere' }}>
            <Icon size={22} aria-hidden style={{ flexShrink: 0 }} />
            <Title order={2} size="h4" miw={0}>
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
        <PickList
          task={task}
          pick={(line) => scanned.mutate(line)}
          isBegun={isNext || say.variables?.step === 'accept'}
        />
        <Progress
          value={units === 0 ? 0 : ((units - left) / units) * 100}
          aria-label={pickups.progress(units - left, units)}
          color="teal"
        />
        {say.error === null ? null : <Failed error={say.error} />}
        {scanned.error === null ? null : <Failed error={scanned.error} />}
        <Group>
          {task.state === 'open' ? (
            <Button key="accept" loading={say.isBusy} onClick={() => say.mutate({ step: 'accept', body: {} })}>
              {pickups.accept}
            </Button>
          ) : left > 0 ? (
            <Button key="pick" loading={say.isBusy} onClick={() => say.mutate({ step: 'pick', body: {} })}>
              {pickups.pickAll(left)}
            </Button>
          ) : (
            <Button key="last" color="teal.9" loading={say.isBusy} onClick={() => say.mutate({ step: last, body: {} })}>
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
  const { pickups, parcels } = useWords();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 15_000);
    return () => clearInterval(timer);
  }, []);
  if (dueAt === null) return null;
  const urgency = urgencyOf(dueAt, now);
  const left = timeLeft(dueAt, now, locale);
  return <Badge color={TONES[urgency]}>{urgency === 'late' ? parcels.overdue(left) : `${pickups.due} ${left}`}</Badge>;
}

import { Alert, Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { ArrowLeft, ClipboardCheck, EyeOff, MapPin, RotateCcw } from 'lucide-react';
import { useState } from 'react';
import type { CountView } from '#shared/agent-api/counts.ts';
import { newKey } from '../../api/client.ts';
import { usePerson } from '../../app/person.ts';
import { Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { ByHand } from './by-hand.tsx';
import classes from './count.module.css';
import { LastScan, type Cue } from './last-scan.tsx';
import { Others } from './others.tsx';
import { OwnLines } from './own-lines.tsx';
import { closeCount, openCount } from './place.ts';
import { useCount } from './queries.ts';
import type { Typed } from './read-keys.ts';
import { UnknownCodes } from './unknown-codes.tsx';
import { useActQueue } from './use-queue.ts';
import { useWedge } from './use-wedge.ts';
import { Waiting } from './waiting.tsx';
import { ZoneChoice } from './zone-choice.tsx';

const UNITS_MAX = 100_000;

export function Counting({ id }: { id: string }) {
  const { data, error, refetch } = useCount(id);
  const { name } = usePerson();
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  return <CountingOf key={name} count={data} person={name} />;
}

type Opened = 'none' | 'zone' | 'hand' | 'other';

/** Scans fall anywhere on the page; what they were is said at once, and kept before it is sent. */
function CountingOf({ count, person }: { count: CountView; person: string }) {
  const { count: words } = useWords();
  const { role } = usePerson();
  const { id, state, lines } = count;
  const [zone, setZone] = useState(lines[0]?.zone ?? count.zone);
  const [cue, setCue] = useState<Cue | undefined>();
  const [opened, setOpened] = useState<Opened>('none');
  /** Taken back here, and not known to be so by the count yet. */
  const [undone, setUndone] = useState<readonly string[]>([]);
  const { queue, queued, trouble } = useActQueue(person, id, (act, answer) => {
    setCue((now) =>
      now?.entry === act.key || now?.pending === act.key ? { ...now, answer, pending: undefined } : now,
    );
  });
  const own = ownEntries(queued.waiting, count, undone);
  const last = own[0];

  const say = (act: Parameters<typeof queue.add>[0], next: Cue | undefined): boolean => {
    try {
      queue.add(act);
      setCue(next);
      return true;
    } catch {
      setCue({ ...(next ?? EMPTY_CUE), wrong: words.browserFull });
      return false;
    }
  };
  const scan = (code: string) => {
    const key = newKey();
    say({ key, do: 'scan', code, zone }, { entry: key, code, zone, units: 1, pending: key });
  };
  const amend = (units: number) => {
    if (cue === undefined || undone.includes(cue.entry)) return setCue({ ...EMPTY_CUE, wrong: words.nothingToAmend });
    if (units > UNITS_MAX) return setCue({ ...cue, wrong: words.tooManyUnits });
    const key = newKey();
    return say(
      { key, do: 'amend', entry: cue.entry, quantity: units },
      { ...cue, units, pending: key, wrong: undefined },
    );
  };
  const undo = () => {
    if (last === undefined) return;
    // What the browser had no room for was not taken back, and still counts.
    if (say({ key: newKey(), do: 'undo', entry: last }, undefined)) setUndone([...undone, last]);
  };
  const typed = useWedge(state === 'open' && opened === 'none', (read: Typed) => {
    if ('code' in read) scan(read.code);
    else amend(read.units);
  });

  return (
    <div className={classes['counting']}>
      <PageTitle
        right={
          <Group gap="sm">
            <Button variant="default" mih={44} leftSection={<ArrowLeft size={18} aria-hidden />} onClick={closeCount}>
              {words.back}
            </Button>
            {role === 'manager' ? (
              <Button
                variant="default"
                mih={44}
                leftSection={<ClipboardCheck size={18} aria-hidden />}
                onClick={() => openCount(id, 'review')}
              >
                {words.review}
              </Button>
            ) : null}
          </Group>
        }
      >
        {count.name}
      </PageTitle>
      <Waiting queue={queue} queued={queued} trouble={trouble} />
      <Stack>
        {state === 'open' ? null : (
          <Alert color="orange" title={words.ended}>
            {words.endedHint}
          </Alert>
        )}
        {count.recount.length === 0 ? null : (
          <Alert color="orange" icon={<RotateCcw aria-hidden />} title={words.again}>
            {count.recount.map(({ sku, name }) => name ?? sku).join(', ')}
          </Alert>
        )}
        <Group justify="space-between">
          <Button
            variant="light"
            mih={44}
            leftSection={<MapPin size={18} aria-hidden />}
            aria-label={`${words.zone}: ${zone}. ${words.changeZone}`}
            onClick={() => setOpened('zone')}
          >
            {words.zone}: {zone}
          </Button>
          <Text c="dimmed" size="sm">
            {count.blind ? <EyeOff size={16} aria-hidden style={{ verticalAlign: 'text-bottom' }} /> : null}{' '}
            {count.blind ? words.blind : null}
            {count.missing === null ? null : words.missing(count.missing)}
          </Text>
        </Group>
        <SimpleGrid cols={{ base: 1, md: 2 }} verticalSpacing="md">
          <LastScan
            cue={cue}
            isWaiting={trouble !== undefined}
            typed={typed}
            amend={amend}
            undo={last === undefined ? undefined : undo}
            byHand={() => setOpened('hand')}
            isOpen={state === 'open'}
          />
          <Stack>
            <OwnLines
              count={count}
              setOpened={(isOpened) => setOpened(isOpened ? 'other' : 'none')}
              correct={(line, quantity) => {
                const key = newKey();
                say(
                  { key, do: 'set', sku: line.sku, zone: line.zone, quantity },
                  { entry: key, code: line.sku, zone: line.zone, units: quantity, pending: key },
                );
              }}
            />
            <UnknownCodes
              unknown={count.unknown}
              setOpened={(isOpened) => setOpened(isOpened ? 'other' : 'none')}
              identify={(code, sku) => say({ key: newKey(), do: 'identify', code, sku }, cue)}
            />
            <Card withBorder>
              <Others others={count.others} />
            </Card>
          </Stack>
        </SimpleGrid>
      </Stack>
      <ZoneChoice
        isOpen={opened === 'zone'}
        zones={count.zones}
        zone={zone}
        choose={setZone}
        close={() => setOpened('none')}
      />
      <ByHand
        isOpen={opened === 'hand'}
        close={() => setOpened('none')}
        add={(sku, units) => {
          const key = newKey();
          say(
            { key, do: 'scan', code: sku, zone, quantity: units },
            { entry: key, code: sku, zone, units, pending: key },
          );
        }}
      />
    </div>
  );
}

const EMPTY_CUE: Cue = { entry: '', code: '', zone: '', units: 0 };

/** What this person has said and may take back, the last first: what waits, then what the agent knows. */
function ownEntries(
  waiting: readonly { readonly act: { readonly key: string; readonly do: string } }[],
  { recent }: CountView,
  undone: readonly string[],
): string[] {
  const here = waiting.filter(({ act }) => act.do === 'scan' || act.do === 'set').map(({ act }) => act.key);
  const known = recent.map(({ entry }) => entry);
  return [...new Set([...here.reverse(), ...known])].filter((key) => !undone.includes(key));
}

import { Button, Card, Group, SimpleGrid, Stack, Text } from '@mantine/core';
import { CircleCheck, CircleHelp, Delete, ScanBarcode, TriangleAlert, Undo2, type LucideIcon } from 'lucide-react';
import { useState } from 'react';
import type { ActAnswer } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import classes from './count.module.css';

/** What was said last, and what the agent made of it. */
export interface Cue {
  /** Of the act that a number of units amends. */
  readonly entry: string;
  readonly code: string;
  readonly zone: string;
  readonly units: number;
  /** The act whose answer is awaited. */
  readonly pending?: string | undefined;
  readonly answer?: ActAnswer | undefined;
  readonly wrong?: string | undefined;
}

const DIGITS = ['7', '8', '9', '4', '5', '6', '1', '2', '3'];
const DIGITS_MAX = 6;

/** The last scan, large enough to be seen from an arm's length, and the digits to say how many it were. */
export function LastScan(parts: {
  cue: Cue | undefined;
  /** Of what is not answered: the agent cannot take it now. */
  isWaiting: boolean;
  typed: string;
  amend: (units: number) => void;
  undo: (() => void) | undefined;
  byHand: () => void;
  isOpen: boolean;
}) {
  const { count: words } = useWords();
  const [touched, setTouched] = useState('');
  const { cue, typed, isOpen } = parts;
  const take = () => {
    if (touched !== '') parts.amend(Number(touched));
    setTouched('');
  };
  return (
    <Stack>
      <Shown cue={cue} isWaiting={parts.isWaiting} />
      <Card withBorder>
        <Stack gap="sm">
          <Group justify="space-between" wrap="nowrap">
            <Text fw={500}>{words.units}</Text>
            <Text size="xl" fw={700} mih={32} aria-live="polite">
              {typed === '' ? touched : typed}
            </Text>
          </Group>
          <SimpleGrid cols={3} spacing="xs" verticalSpacing="xs" role="group" aria-label={words.digits}>
            {DIGITS.map((digit) => (
              <Digit key={digit} digit={digit} press={setTouched} isOff={!isOpen} />
            ))}
            <Button
              variant="default"
              h={52}
              aria-label={words.deleteDigit}
              onClick={() => setTouched((now) => now.slice(0, -1))}
            >
              <Delete aria-hidden />
            </Button>
            <Digit digit="0" press={setTouched} isOff={!isOpen} />
            <Button h={52} disabled={touched === '' || !isOpen} onClick={take}>
              {words.take}
            </Button>
          </SimpleGrid>
          <Group grow>
            <Button
              variant="default"
              mih={44}
              leftSection={<Undo2 size={18} aria-hidden />}
              disabled={parts.undo === undefined || !isOpen}
              onClick={() => parts.undo?.()}
            >
              {words.undo}
            </Button>
            <Button variant="default" mih={44} disabled={!isOpen} onClick={parts.byHand}>
              {words.byHand}
            </Button>
          </Group>
        </Stack>
      </Card>
    </Stack>
  );
}

function Digit({
  digit,
  press,
  isOff,
}: {
  digit: string;
  press: (next: (now: string) => string) => void;
  isOff: boolean;
}) {
  return (
    <Button
      variant="default"
      size="lg"
      h={52}
      disabled={isOff}
      onClick={() => press((now) => (now + digit).replace(/^0+(?=\d)/, '').slice(0, DIGITS_MAX))}
    >
      {digit}
    </Button>
  );
}

interface Look {
  readonly tone: string;
  readonly icon: LucideIcon;
  readonly title: string;
  readonly hint: string;
}

/** A new scan flashes, as a scanner beeps: green it is known, orange it is not. */
function Shown({ cue, isWaiting }: { cue: Cue | undefined; isWaiting: boolean }) {
  const { count: words } = useWords();
  const format = useFormat();
  const { tone, icon: Icon, title, hint } = lookOf(cue, words, isWaiting);
  const quantity = cue?.answer?.quantity;
  return (
    <div
      key={`${cue?.entry ?? ''} ${cue?.pending ?? ''}`}
      className={classes['cue']}
      data-tone={tone}
      role="status"
      aria-live="assertive"
    >
      <Icon size={40} aria-hidden className={classes['cueIcon'] ?? ''} />
      <div className={classes['cueText']}>
        <Text fw={700} size="xl" lineClamp={2}>
          {title}
        </Text>
        <Text>{hint}</Text>
        {cue === undefined || cue.code === '' ? null : (
          <Text size="sm" ff="monospace" truncate>
            {cue.code} · {cue.zone}
          </Text>
        )}
      </div>
      {quantity === undefined || quantity === null ? null : (
        <Text className={classes['cueCount'] ?? ''} aria-label={words.counted(quantity)}>
          {format.number(quantity)}
        </Text>
      )}
    </div>
  );
}

function lookOf(cue: Cue | undefined, words: ReturnType<typeof useWords>['count'], isWaiting: boolean): Look {
  if (cue === undefined) return { tone: 'gray', icon: ScanBarcode, title: words.ready, hint: words.readyHint };
  if (cue.wrong !== undefined) return { tone: 'red', icon: TriangleAlert, title: cue.wrong, hint: '' };
  const { answer, code, units } = cue;
  if (answer === undefined)
    return { tone: 'indigo', icon: ScanBarcode, title: code, hint: isWaiting ? words.waits : words.onItsWay };
  if (answer.problem !== null) {
    return { tone: 'red', icon: TriangleAlert, title: answer.problem.detail, hint: answer.problem.remedy };
  }
  if (answer.sku === null)
    return { tone: 'orange', icon: CircleHelp, title: words.unknownCode, hint: words.unknownHint };
  return { tone: 'teal', icon: CircleCheck, title: answer.name ?? answer.sku, hint: words.ofThese(units) };
}

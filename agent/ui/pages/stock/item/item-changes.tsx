import { Badge, Button, Card, Text, Title } from '@mantine/core';
import { CloudCheck, HardDrive } from 'lucide-react';
import { useState } from 'react';
import type { ItemChange, ItemHistory } from '#shared/agent-api/answers.ts';
import { useFormat } from '../../../parts/format.ts';
import { Cell, Head, Row, StackedTable } from '../../../parts/stacked-table.tsx';
import { useWords } from '../../../words/words.tsx';

/** At first; more when asked for. */
const SHOWN = 50;

/** Every change with its reason, the latest first. */
export function ItemChanges({ history }: { history: ItemHistory }) {
  const { item: words, today } = useWords();
  const format = useFormat();
  const [shown, setShown] = useState(SHOWN);
  const { changes, elsewhere, isCut } = history;
  return (
    <Card withBorder padding={0}>
      <Title order={2} size="h4" p="md" pb="xs">
        {words.changes}
      </Title>
      {elsewhere === 0 ? null : (
        <Text size="sm" px="md">
          {words.elsewhere(format.change(elsewhere))}
        </Text>
      )}
      <StackedTable
        label={words.changes}
        verticalSpacing="sm"
        horizontalSpacing="md"
        head={
          <>
            <Head>{today.time}</Head>
            <Head>{today.what}</Head>
            <Head>{words.who}</Head>
            <Head className="num">{words.change}</Head>
            <Head className="num">{words.after}</Head>
            <Head>{today.safe}</Head>
          </>
        }
      >
        {changes.slice(0, shown).map((change, place) => (
          <Change key={change.key ?? `hub ${place}`} change={change} />
        ))}
      </StackedTable>
      {changes.length > shown ? (
        <Button variant="subtle" fullWidth onClick={() => setShown(shown + 200)}>
          {words.showMore(changes.length - shown)}
        </Button>
      ) : isCut ? (
        <Text size="sm" c="dimmed" p="md">
          {words.cut}
        </Text>
      ) : null}
    </Card>
  );
}

function Change({ change }: { change: ItemChange }) {
  const { item: words, today, adjust, conditions } = useWords();
  const format = useFormat();
  const { kind, code, reason, reference, source, till, isVoided, isSafe, counted, other } = change;
  const whys = [
    code === null ? null : (adjust.codes[code as keyof typeof adjust.codes] ?? code),
    reason,
    reference,
    counted === null ? null : words.counted(format.number(counted)),
    ...Object.entries(other).map(
      ([name, units]) => `${conditions[name as keyof typeof conditions]} ${format.change(units)}`,
    ),
  ];
  return (
    <Row {...(isVoided ? { td: 'line-through', c: 'dimmed' } : {})}>
      <Cell style={{ whiteSpace: 'nowrap' }}>{format.instant(change.at)}</Cell>
      <Cell isMain style={{ overflowWrap: 'anywhere' }}>
        {kind === 'task' ? words.task : (today.kinds[kind] ?? kind)}{' '}
        {isVoided ? <Badge color="gray">{today.voided}</Badge> : null}
        <Text size="sm" c="dimmed">
          {[...new Set(whys.filter((why) => why !== null && why !== ''))].join(' · ')}
        </Text>
      </Cell>
      <Cell>
        {source === null ? words.anotherDevice : [source.replace(/^\w+:/, ''), till].filter(Boolean).join(' · ')}
      </Cell>
      <Cell className="num" label={words.change}>
        {change.change === null ? '–' : format.change(change.change)}
      </Cell>
      <Cell className="num" label={words.after}>
        {change.after === null ? '–' : format.number(change.after)}
      </Cell>
      <Cell isMark>
        {isSafe ? (
          <CloudCheck size={20} role="img" aria-label={today.safe} color="var(--mantine-color-teal-light-color)" />
        ) : (
          <HardDrive size={20} role="img" aria-label={today.waits} color="var(--mantine-color-orange-light-color)" />
        )}
      </Cell>
    </Row>
  );
}

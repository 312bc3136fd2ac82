import { Button, Card, Group, Stack, Text, Title, UnstyledButton } from '@mantine/core';
import { useState } from 'react';
import type { CountLine, CountView } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';
import classes from './count.module.css';

/** What this person has counted, the last on top. A line is corrected by touching it. */
export function OwnLines(parts: {
  count: CountView;
  setOpened: (isOpened: boolean) => void;
  correct: (line: CountLine, quantity: number) => void;
}) {
  const { count: words, stock } = useWords();
  const format = useFormat();
  const { lines, items, units, state } = parts.count;
  const [line, setLine] = useState<CountLine | undefined>();
  const open = (next: CountLine | undefined) => {
    setLine(next);
    parts.setOpened(next !== undefined);
  };
  return (
    <Card withBorder>
      <Group justify="space-between" mb="xs">
        <Title order={2} size="h4">
          {words.mine}
        </Title>
        <Text size="sm" c="dimmed">
          {words.mineTotal(items, units)}
        </Text>
      </Group>
      {lines.length === 0 ? (
        <Text c="dimmed">{words.mineEmpty}</Text>
      ) : (
        <div className={classes['lines']} role="list" aria-label={words.mine} tabIndex={0}>
          {lines.map((one) => (
            <div role="listitem" key={`${one.zone} ${one.sku}`}>
              <UnstyledButton className={classes['line'] ?? ''} disabled={state !== 'open'} onClick={() => open(one)}>
                <span>
                  <Text truncate fw={500}>
                    {one.name ?? stock.unnamed}
                  </Text>
                  <Text size="sm" c="dimmed" truncate>
                    <Text span ff="monospace" size="sm">
                      {one.sku}
                    </Text>{' '}
                    · {one.zone} · {format.time(one.lastAt)}
                  </Text>
                </span>
                <Text size="sm" c="dimmed" className="num">
                  {one.expected === null ? '' : `${words.expectedNow} ${format.number(one.expected)}`}
                </Text>
                <Text fw={700} size="xl" className="num" miw={48}>
                  {format.number(one.quantity)}
                </Text>
              </UnstyledButton>
            </div>
          ))}
        </div>
      )}
      <Correct
        key={line === undefined ? '' : `${line.zone} ${line.sku}`}
        line={line}
        close={() => open(undefined)}
        correct={parts.correct}
      />
    </Card>
  );
}

function Correct(parts: {
  line: CountLine | undefined;
  close: () => void;
  correct: (line: CountLine, quantity: number) => void;
}) {
  const { count: words } = useWords();
  const { line } = parts;
  const [quantity, setQuantity] = useState(line?.quantity ?? 0);
  return (
    <Dialog isOpen={line !== undefined} close={parts.close} title={words.correctTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (line !== undefined) parts.correct(line, quantity);
          parts.close();
        }}
      >
        <Stack>
          <Text>
            {line?.name ?? line?.sku} · {line?.zone}
          </Text>
          <UnitsField
            label={words.quantity}
            description={words.correctHint}
            of={line?.name ?? line?.sku ?? ''}
            max={100_000}
            isRequired
            isFirst
            value={quantity}
            change={setQuantity}
          />
          <Group justify="end">
            <Button variant="default" mih={44} onClick={parts.close}>
              {words.close}
            </Button>
            <Button type="submit" mih={44}>
              {words.save}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

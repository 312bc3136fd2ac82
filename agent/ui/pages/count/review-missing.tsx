import { Button, Card, Checkbox, Group, Stack, Text, Title } from '@mantine/core';
import { PackageX } from 'lucide-react';
import { useState } from 'react';
import type { CountReview } from '#shared/agent-api/counts.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import classes from './count.module.css';

/** Expected and counted by nobody: they stay as they are, unless a manager says that there are none. */
export function Missing({
  missing,
  items,
  zero,
}: {
  missing: CountReview['missing'];
  items: number;
  zero: (skus: string[]) => void;
}) {
  const { count: words, stock } = useWords();
  const format = useFormat();
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  if (items === 0) return null;
  const picked = missing.flatMap(({ sku }) => (chosen.has(sku) ? [sku] : []));
  const isAll = picked.length === missing.length;
  const choose = (sku: string, isChosen: boolean) => {
    const next = new Set(chosen);
    if (isChosen) next.add(sku);
    else next.delete(sku);
    setChosen(next);
  };
  return (
    <Card withBorder component="section" aria-label={words.notCounted}>
      <Group gap="xs">
        <PackageX size={20} aria-hidden />
        <Title order={2} size="h4">
          {words.notCounted} ({format.number(items)})
        </Title>
      </Group>
      <Text c="dimmed" mb="sm">
        {words.notCountedHint}
      </Text>
      <Stack gap="sm">
        <Group justify="space-between" className="no-print">
          <Checkbox
            size="md"
            label={words.selectAll}
            checked={isAll}
            indeterminate={picked.length > 0 && !isAll}
            onChange={(event) => setChosen(new Set(event.currentTarget.checked ? missing.map(({ sku }) => sku) : []))}
          />
          <Button
            variant="default"
            mih={44}
            disabled={picked.length === 0}
            onClick={() => {
              zero(picked);
              setChosen(new Set());
            }}
          >
            {words.zero(picked.length)}
          </Button>
        </Group>
        <div className={classes['lines']} tabIndex={0} role="list" aria-label={words.notCounted}>
          {missing.map(({ sku, name, expected }) => (
            <div key={sku} className={classes['line']} role="listitem">
              <Checkbox
                size="md"
                checked={chosen.has(sku)}
                onChange={(event) => choose(sku, event.currentTarget.checked)}
                label={`${name ?? stock.unnamed} · ${sku}`}
              />
              <Text size="sm" c="dimmed">
                {words.expectedUnits}
              </Text>
              <Text className="num" fw={600} miw={48}>
                {format.number(expected)}
              </Text>
            </div>
          ))}
        </div>
        {items > missing.length ? <Text c="dimmed">{words.notCountedMore(items - missing.length)}</Text> : null}
      </Stack>
    </Card>
  );
}

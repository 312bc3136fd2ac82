import { Badge, Button, Group, Radio, Stack, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { call } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
import { useFormat } from '../../parts/format.ts';
import { Failed } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { discrepanciesOf, type ArrivalRow } from './arrival-rows.ts';

/** What is not as it should be is looked at once more, and what is missing comes later or not at all: then it is said. */
export function ConfirmArrival(parts: {
  isOpen: boolean;
  draft: ArrivalDraft;
  rows: readonly ArrivalRow[];
  names: Readonly<Record<string, string>>;
  hasExpectation: boolean;
  saved: () => Promise<number>;
  close: () => void;
  done: (key: string) => void;
}) {
  const { isOpen, draft, rows, names, hasExpectation, saved, close, done } = parts;
  const { receive } = useWords();
  const format = useFormat();
  const queries = useQueryClient();
  const [rest, setRest] = useState<'later' | 'never' | null>(null);
  const differing = rows.flatMap((row) => {
    const found = discrepanciesOf(row, hasExpectation);
    return found.length === 0 ? [] : [{ row, found }];
  });
  const isShort = differing.some(({ found }) => found.includes('short'));
  const units = rows.reduce((sum, row) => sum + row.units, 0);
  const confirm = useMutation({
    mutationFn: async () => {
      const body = { revision: await saved(), final: isShort && rest === 'never' };
      return call<{ key: string }>('POST', `/v1/arrivals/${draft.id}/confirm`, body);
    },
    onSuccess: ({ key }) => {
      void queries.invalidateQueries();
      done(key);
    },
  });
  const isDecided = !isShort || rest === 'never' || (rest === 'later' && units > 0);
  return (
    <Dialog isOpen={isOpen} close={close} title={receive.confirmTitle} size="lg">
      <Stack>
        {differing.length === 0 ? (
          <Text>{hasExpectation ? receive.allRight(units) : receive.counted(units)}</Text>
        ) : (
          <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
            {differing.map(({ row, found }) => (
              <Group key={row.sku} component="li" className="listed" justify="space-between" gap="xs" py="xs">
                <div style={{ flex: '1 1 220px', minWidth: 0 }}>
                  <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                    {names[row.sku] ?? row.sku}
                  </Text>
                  <Text size="sm" c="dimmed">
                    {row.expected === null ? '' : `${receive.expected(row.expected)} · `}
                    {receive.arrived} {format.number(row.units)}
                  </Text>
                </div>
                <Group gap={6}>
                  {found.map((one) => (
                    <Badge key={one} color={one === 'damaged' ? 'red' : 'orange'}>
                      {one === 'damaged' ? `${format.number(row.damaged)} ` : ''}
                      {receive.discrepancies[one]}
                    </Badge>
                  ))}
                </Group>
              </Group>
            ))}
          </Stack>
        )}
        {isShort ? (
          <Radio.Group
            label={receive.missing}
            value={rest}
            onChange={(next) => setRest(next === 'later' ? 'later' : 'never')}
            required
          >
            <Stack gap={0} mt="xs">
              <Radio value="later" label={receive.restLater} py={12} disabled={units === 0} />
              <Radio value="never" label={receive.restNever} py={12} />
            </Stack>
          </Radio.Group>
        ) : null}
        {confirm.error === null ? null : <Failed error={confirm.error} />}
        <Group justify="end">
          <Button variant="default" onClick={close} data-autofocus>
            {receive.goBack}
          </Button>
          <Button loading={confirm.isPending} disabled={!isDecided} onClick={() => confirm.mutate()}>
            {differing.length === 0 ? receive.confirm : receive.confirmWith}
          </Button>
        </Group>
      </Stack>
    </Dialog>
  );
}

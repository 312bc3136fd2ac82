import { Button, Group, Radio, Stack, Table, Text } from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import type { ArrivalDraft } from '#shared/agent-api/arrivals.ts';
import { call } from '../../api/client.ts';
import { Dialog } from '../../parts/dialog.tsx';
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
  const { receive, stock } = useWords();
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
          <Table>
            <Table.Thead>
              <Table.Tr>
                <Table.Th>{stock.name}</Table.Th>
                <Table.Th className="num">{receive.expectedShort}</Table.Th>
                <Table.Th className="num">{receive.arrived}</Table.Th>
                <Table.Th>{receive.difference}</Table.Th>
              </Table.Tr>
            </Table.Thead>
            <Table.Tbody>
              {differing.map(({ row, found }) => (
                <Table.Tr key={row.sku}>
                  <Table.Td style={{ overflowWrap: 'anywhere' }}>{names[row.sku] ?? row.sku}</Table.Td>
                  <Table.Td className="num">{row.expected ?? '–'}</Table.Td>
                  <Table.Td className="num">{row.units}</Table.Td>
                  <Table.Td>
                    {found
                      .map((one) =>
                        one === 'damaged' ? `${row.damaged} ${receive.discrepancies[one]}` : receive.discrepancies[one],
                      )
                      .join(', ')}
                  </Table.Td>
                </Table.Tr>
              ))}
            </Table.Tbody>
          </Table>
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
          <Button variant="default" onClick={close}>
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

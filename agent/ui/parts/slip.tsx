import { Badge, Button, Card, Group, Stack, Table, Text, Title } from '@mantine/core';
import { ArrowLeft, FileDown, Printer } from 'lucide-react';
import type { Slip } from '#shared/agent-api/answers.ts';
import { useSlip, useStatus } from '../api/queries.ts';
import { useWords } from '../words/words.tsx';
import { csvText, saveText } from './csv.ts';
import { useFormat } from './format.ts';
import { Failed, Loading } from './shown.tsx';

/** A journaled return or arrival as a piece of paper: to be printed, or saved as CSV. */
export function SlipView({ slipKey, back, backLabel }: { slipKey: string; back: () => void; backLabel: string }) {
  const { slip: words } = useWords();
  const { data, error, refetch } = useSlip(slipKey);
  if (data === undefined) return error === null ? <Loading /> : <Failed error={error} again={() => void refetch()} />;
  return (
    <Stack>
      <Group className="no-print">
        <Button variant="default" leftSection={<ArrowLeft size={18} aria-hidden />} onClick={back}>
          {backLabel}
        </Button>
        <Button leftSection={<Printer size={18} aria-hidden />} onClick={() => print()}>
          {words.print}
        </Button>
        <Button
          variant="default"
          leftSection={<FileDown size={18} aria-hidden />}
          onClick={() => saveText(`${fileName(data)}.csv`, 'text/csv', slipCsv(data))}
        >
          {words.csv}
        </Button>
      </Group>
      <Paper slip={data} />
    </Stack>
  );
}

const fileName = ({ kind, at, reference, key }: Slip): string =>
  `${kind}-${new Date(at).toISOString().slice(0, 10)}-${(reference ?? key).replaceAll(/[^\w-]+/g, '_').slice(0, 60)}`;

/** The same names in every language: a program reads them. */
function slipCsv({ kind, key, at, reference, partner, reason, currency, lines }: Slip): string {
  return csvText([
    [
      'kind',
      'key',
      'at',
      'reference',
      'partner',
      'reason',
      'sku',
      'name',
      'quantity',
      'condition',
      'unitPriceMinor',
      'currency',
    ],
    ...lines.map(({ sku, name, quantity, condition, unitPriceMinor }) => [
      kind,
      key,
      new Date(at).toISOString(),
      reference,
      partner,
      reason,
      sku,
      name,
      quantity,
      condition,
      unitPriceMinor,
      currency,
    ]),
  ]);
}

function Paper({ slip }: { slip: Slip }) {
  const { slip: words, conditions, stock } = useWords();
  const format = useFormat();
  const { data: status } = useStatus();
  const { kind, at, source, reference, partner, till, currency, reason, lines } = slip;
  const isReturn = kind === 'return';
  const said = [
    [words.when, format.full(at)],
    [words.who, source.replace(/^\w+:/, '')],
    [
      words.references[kind],
      slip.hasNoReceipt ? [words.withoutReceipt, reference].filter(Boolean).join(' · ') : reference,
    ],
    [words.partners[kind], partner],
    [words.till, till],
    [words.reason, reason],
    [words.number, slip.key],
  ];
  const total = lines.reduce((sum, line) => sum + line.quantity * (line.unitPriceMinor ?? 0), 0);
  return (
    <Card withBorder maw={760} component="article" aria-label={words.titles[kind]}>
      <Group justify="space-between" align="start" mb="sm">
        <Title order={2} size="h3">
          {words.titles[kind]}
        </Title>
        <Text ta="right">
          {status?.store?.name ?? ''}
          <Text span c="dimmed" display="block" size="sm">
            {status?.store?.code ?? ''}
          </Text>
        </Text>
      </Group>
      {slip.isVoided ? (
        <Badge color="red" mb="sm">
          {words.voided}
        </Badge>
      ) : null}
      <Table withRowBorders={false} mb="md" layout="auto">
        <Table.Tbody>
          {said.map(([label, value]) =>
            value === null || value === undefined || value === '' ? null : (
              <Table.Tr key={label}>
                <Table.Th scope="row" fw={400} w={150} c="dimmed">
                  {label}
                </Table.Th>
                <Table.Td style={{ overflowWrap: 'anywhere' }}>{value}</Table.Td>
              </Table.Tr>
            ),
          )}
        </Table.Tbody>
      </Table>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{stock.name}</Table.Th>
            <Table.Th>{words.condition}</Table.Th>
            <Table.Th className="num">{words.units}</Table.Th>
            {isReturn ? <Table.Th className="num">{words.amount}</Table.Th> : null}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {lines.map((line, place) => (
            <Table.Tr key={place}>
              <Table.Td>
                <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                  {line.name ?? stock.unnamed}
                </Text>
                <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
                  {line.sku}
                </Text>
              </Table.Td>
              <Table.Td>{conditions[line.condition]}</Table.Td>
              <Table.Td className="num">{format.number(line.quantity)}</Table.Td>
              {isReturn && currency !== null ? (
                <Table.Td className="num">
                  {format.money(line.quantity * (line.unitPriceMinor ?? 0), currency)}
                </Table.Td>
              ) : null}
            </Table.Tr>
          ))}
        </Table.Tbody>
        {isReturn && currency !== null ? (
          <Table.Tfoot>
            <Table.Tr>
              <Table.Th colSpan={3}>{words.givenBack}</Table.Th>
              <Table.Th className="num">{format.money(total, currency)}</Table.Th>
            </Table.Tr>
          </Table.Tfoot>
        ) : null}
      </Table>
      {slip.isFinal ? <Text mt="md">{words.final}</Text> : null}
      <Text mt={56} pt={4} w={280} size="sm" c="dimmed" style={{ borderTop: '1px solid' }}>
        {isReturn ? words.customer : words.received}
      </Text>
    </Card>
  );
}

import { Table, Text, TextInput } from '@mantine/core';
import { ScanBarcode } from 'lucide-react';
import { useState } from 'react';
import type { Page, StockItem, TaskLineView, TaskView } from '#shared/agent-api/answers.ts';
import { call } from '../../api/client.ts';
import { useProduct } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { useWords } from '../../words/words.tsx';
import { scannedLine, unpicked } from './scanned-line.ts';

/** What to take from the shelf. A scanner picks one unit of what it reads. */
export function PickList({ task, pick }: { task: TaskView; pick: (line: string) => void }) {
  const { pickups, stock } = useWords();
  return (
    <>
      <Table>
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{stock.name}</Table.Th>
            <Table.Th className="num">{pickups.wanted}</Table.Th>
            <Table.Th className="num">{pickups.picked}</Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {task.lines.map((line) => (
            <Line key={`${line.line} ${line.sku}`} line={line} />
          ))}
        </Table.Tbody>
      </Table>
      {task.state !== 'open' && unpicked(task) > 0 ? <Scan task={task} pick={pick} /> : null}
    </>
  );
}

function Line({ line }: { line: TaskLineView }) {
  const { stock, pickups } = useWords();
  const format = useFormat();
  const { data: product } = useProduct(line.sku);
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={500}>{product?.name ?? stock.unnamed}</Text>
        <Text size="sm" c="dimmed">
          {line.sku}
          {line.replaces === undefined ? '' : ` · ${pickups.instead(line.replaces)}`}
        </Text>
      </Table.Td>
      <Table.Td className="num">{format.number(line.units)}</Table.Td>
      <Table.Td className="num">{format.number(line.picked)}</Table.Td>
    </Table.Tr>
  );
}

function Scan({ task, pick }: { task: TaskView; pick: (line: string) => void }) {
  const { pickups } = useWords();
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState<string | undefined>();
  const read = async (): Promise<void> => {
    const wanted = code.trim();
    setCode('');
    if (wanted === '') return;
    const line = scannedLine(task, wanted) ?? scannedLine(task, (await skuOf(wanted)) ?? '');
    setWrong(line === undefined ? wanted : undefined);
    if (line !== undefined) pick(line.line);
  };
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        void read();
      }}
    >
      <TextInput
        aria-label={pickups.scan}
        placeholder={pickups.scan}
        leftSection={<ScanBarcode size={18} aria-hidden />}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        error={wrong === undefined ? undefined : pickups.notWanted(wrong)}
      />
    </form>
  );
}

/** The article of a GTIN; undefined when it is not one of a product, or not of a single one. */
async function skuOf(gtin: string): Promise<string | undefined> {
  if (!/^\d{8,14}$/.test(gtin)) return undefined;
  const found = await call<Page<StockItem>>('GET', `/v1/stock?limit=2&search=${gtin}`).catch(() => undefined);
  return found?.items.length === 1 ? found.items[0]?.sku : undefined;
}

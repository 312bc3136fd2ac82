import { Table, Text } from '@mantine/core';
import type { TaskLineView, TaskView } from '#shared/agent-api/answers.ts';
import { useProduct } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { ScanField } from '../../parts/scan-field.tsx';
import { skuOf } from '../../parts/sku-of.ts';
import { useWords } from '../../words/words.tsx';
import { scannedLine, unpicked } from './scanned-line.ts';

/** What to take from the shelf. A scanner picks one unit of what it reads. */
export function PickList(parts: {
  task: TaskView;
  pick: (line: string) => void;
  /** It is the first to be picked, or was accepted here just now: the scanner goes on with it. */
  isBegun: boolean;
}) {
  const { task, pick, isBegun } = parts;
  const { pickups, stock } = useWords();
  return (
    <>
      <Table layout="fixed">
        <Table.Thead>
          <Table.Tr>
            <Table.Th>{stock.name}</Table.Th>
            <Table.Th className="num" w="6.5rem">
              {pickups.wanted}
            </Table.Th>
            <Table.Th className="num" w="6.5rem">
              {pickups.picked}
            </Table.Th>
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {task.lines.map((line) => (
            <Line key={`${line.line} ${line.sku}`} line={line} />
          ))}
        </Table.Tbody>
      </Table>
      {task.state !== 'open' && unpicked(task) > 0 ? <Scan task={task} pick={pick} isBegun={isBegun} /> : null}
    </>
  );
}

function Line({ line }: { line: TaskLineView }) {
  const { stock, pickups } = useWords();
  const format = useFormat();
  const { data: product, isPending } = useProduct(line.sku);
  return (
    <Table.Tr>
      <Table.Td>
        <Text fw={500} mih="1.55em" style={{ overflowWrap: 'anywhere' }}>
          {isPending ? '' : (product?.name ?? stock.unnamed)}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {line.sku}
          {line.replaces === undefined ? '' : ` · ${pickups.instead(line.replaces)}`}
        </Text>
      </Table.Td>
      <Table.Td className="num">{format.number(line.units)}</Table.Td>
      <Table.Td className="num">{format.number(line.picked)}</Table.Td>
    </Table.Tr>
  );
}

function Scan({ task, pick, isBegun }: { task: TaskView; pick: (line: string) => void; isBegun: boolean }) {
  const { pickups } = useWords();
  const read = async (code: string): Promise<string | undefined> => {
    const line = scannedLine(task, code) ?? scannedLine(task, (await skuOf(code)) ?? '');
    if (line === undefined) return pickups.notWanted(code);
    pick(line.line);
    return undefined;
  };
  return <ScanField label={pickups.scan} read={read} autoFocus={isBegun} />;
}

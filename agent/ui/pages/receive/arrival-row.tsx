import { Badge, Button, Group, Text } from '@mantine/core';
import { Trash2 } from 'lucide-react';
import { useRef } from 'react';
import type { ArrivalLine } from '#shared/agent-api/arrivals.ts';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';
import { discrepanciesOf, type ArrivalRow } from './arrival-rows.ts';

const UNITS_MAX = 1_000_000;

/** One article: what should come, what has, and how much of that is damaged. */
export function ArrivalRowView(parts: {
  row: ArrivalRow;
  name: string | undefined;
  hasExpectation: boolean;
  change: (line: ArrivalLine) => void;
  remove: () => void;
}) {
  const { row, change, remove, hasExpectation } = parts;
  const { sku, expected, units, damaged } = row;
  const { receive, stock } = useWords();
  const name = parts.name ?? stock.unnamed;
  const called = parts.name ?? sku;
  /** Of 20 units 5 stay damaged, also while only the 2 is typed. */
  const said = useRef(damaged);
  const isDone = expected !== null && units === expected;
  return (
    <Group component="li" justify="space-between" align="end" py="sm" className="listed">
      <div style={{ flex: '1 1 200px', minWidth: 0 }}>
        <Text fw={500}>{name}</Text>
        <Text size="sm" c="dimmed" ff="monospace" style={{ overflowWrap: 'anywhere' }}>
          {sku}
        </Text>
        <Group gap={6}>
          {expected === null ? null : <Text size="sm">{receive.expected(expected)}</Text>}
          {isDone ? <Badge color="teal">{receive.complete}</Badge> : null}
          {units === 0 && expected !== null
            ? null
            : discrepanciesOf(row, hasExpectation).map((one) => (
                <Badge key={one} color={one === 'damaged' ? 'red' : 'orange'}>
                  {receive.discrepancies[one]}
                </Badge>
              ))}
        </Group>
      </div>
      <Group align="end" gap="sm">
        <UnitsField
          label={receive.arrived}
          name={`${receive.arrived}: ${called}`}
          of={called}
          value={units}
          max={UNITS_MAX}
          change={(next) => change({ sku, units: next, damaged: Math.min(said.current, next) })}
        />
        <UnitsField
          label={receive.damaged}
          name={`${receive.damaged}: ${called}`}
          value={damaged}
          max={units}
          isDisabled={units === 0}
          change={(next) => {
            said.current = next;
            change({ sku, units, damaged: next });
          }}
        />
        {expected === null ? (
          <Button variant="default" px="sm" aria-label={receive.removeOf(called)} onClick={remove}>
            <Trash2 size={18} aria-hidden />
          </Button>
        ) : null}
      </Group>
    </Group>
  );
}

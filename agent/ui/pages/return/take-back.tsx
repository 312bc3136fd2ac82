import { Alert, Button, Card, Group, Select, Stack, Text, Title } from '@mantine/core';
import { ArrowLeft, ListChecks, Undo2 } from 'lucide-react';
import { useRef, useState } from 'react';
import type { SoldLine, SoldReceipt } from '#shared/agent-api/answers.ts';
import type { Condition } from '#shared/protocol/fields.ts';
import { paidMinor } from '#shared/stock/refund.ts';
import { useAct } from '../../api/use-act.ts';
import { useFormat } from '../../parts/format.ts';
import { ScanField } from '../../parts/scan-field.tsx';
import { Failed } from '../../parts/shown.tsx';
import { skuOf } from '../../parts/sku-of.ts';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';
import { NO_REASON, ReasonField } from './reason-field.tsx';
import { leftOf, refundMinor, returnBody, scannedLine, type Choice, type Choices } from './return-body.ts';

const NOTHING: Choice = { units: 0, condition: 'sellable' };

/** Which units of a sale come back, and in which condition. */
export function TakeBack(parts: { sale: SoldReceipt; back: () => void; done: (key: string) => void }) {
  const { sale, back, done } = parts;
  const { returns, units: words } = useWords();
  const format = useFormat();
  const [choices, setChoices] = useState<Choices>(new Map());
  const [reason, setReason] = useState(NO_REASON);
  const [last, setLast] = useState<SoldLine | undefined>();
  const save = useAct('return', ({ key }) => done(key));
  // Two scans may come before the page is drawn anew: each begins with what the one before has chosen.
  const latest = useRef(choices);
  const choose = (line: number, choice: Choice): void => {
    latest.current = new Map(latest.current).set(line, choice);
    setChoices(latest.current);
  };
  const units = [...choices.values()].reduce((sum, choice) => sum + choice.units, 0);
  const read = async (code: string): Promise<string | undefined> => {
    const own = scannedLine(sale, latest.current, code);
    const sku = own === undefined ? await skuOf(code) : undefined;
    const line = own ?? (sku === undefined ? undefined : scannedLine(sale, latest.current, sku));
    if (line === undefined) return returns.notOnReceipt(code);
    const choice = latest.current.get(line.line) ?? NOTHING;
    choose(line.line, { ...choice, units: choice.units + 1 });
    setLast(line);
    return undefined;
  };
  const heard =
    last === undefined
      ? ''
      : words.scannedOf(
          last.name ?? last.sku,
          format.number(choices.get(last.line)?.units ?? 0),
          format.number(leftOf(last)),
        );
  const isFull = reason.code !== 'other' || reason.note.trim() !== '';
  return (
    <Card withBorder maw={860} style={{ overflow: 'visible' }}>
      <Stack>
        <Group justify="space-between">
          <Title order={2} size="h4">
            {[returns.receipt, sale.receiptNo, sale.till, format.instant(sale.at)].filter(Boolean).join(' · ')}
          </Title>
          <Button variant="default" leftSection={<ArrowLeft size={18} aria-hidden />} onClick={back}>
            {returns.other}
          </Button>
        </Group>
        <Group align="start" gap="sm">
          <div style={{ flex: '1 1 260px' }}>
            <ScanField label={returns.scanArticle} read={read} heard={heard} autoFocus />
          </div>
          <Button
            variant="default"
            leftSection={<ListChecks size={18} aria-hidden />}
            disabled={sale.lines.every((line) => (choices.get(line.line)?.units ?? 0) === leftOf(line))}
            onClick={() => {
              for (const line of sale.lines) {
                choose(line.line, { ...(latest.current.get(line.line) ?? NOTHING), units: leftOf(line) });
              }
            }}
          >
            {returns.allOf}
          </Button>
        </Group>
        <Stack gap={0} component="ul" p={0} m={0} style={{ listStyle: 'none' }}>
          {sale.lines.map((line) => (
            <LineRow
              key={line.line}
              line={line}
              currency={sale.currency}
              choice={choices.get(line.line) ?? NOTHING}
              choose={(choice) => choose(line.line, choice)}
            />
          ))}
        </Stack>
        <ReasonField reason={reason} choose={setReason} />
        {save.error === null ? null : <Failed error={save.error} />}
        {sale.lines.every((line) => leftOf(line) === 0) ? <Alert color="orange">{returns.allBack}</Alert> : null}
        <Group justify="space-between" className="at-hand">
          <Text size="lg" aria-live="polite">
            {returns.giveBack}{' '}
            <Text span fw={700} inherit>
              {format.money(refundMinor(sale, choices), sale.currency)}
            </Text>
          </Text>
          <Button
            leftSection={<Undo2 size={18} aria-hidden />}
            loading={save.isPending}
            disabled={units === 0 || !isFull}
            onClick={() => save.mutate(returnBody(sale, choices, reason.note.trim() || returns.reasons[reason.code]))}
          >
            {returns.take(units)}
          </Button>
        </Group>
      </Stack>
    </Card>
  );
}

function LineRow(parts: { line: SoldLine; currency: string; choice: Choice; choose: (choice: Choice) => void }) {
  const { line, currency, choice, choose } = parts;
  const { returns, stock } = useWords();
  const format = useFormat();
  const left = leftOf(line);
  const name = line.name ?? stock.unnamed;
  return (
    <Group
      component="li"
      justify="space-between"
      py="sm"
      style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
    >
      <div style={{ flex: '1 1 220px', minWidth: 0 }}>
        <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
          {name}
        </Text>
        <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
          {line.sku} · {format.money(paidMinor(line) / line.quantity, currency)}
        </Text>
        <Text size="sm">{returns.sold(line.quantity, line.returned)}</Text>
      </div>
      <Group gap="sm">
        <UnitsField
          name={returns.unitsOf(name)}
          of={name}
          value={choice.units}
          max={left}
          isDisabled={left === 0}
          change={(units) => choose({ ...choice, units })}
        />
        <ConditionSelect
          label={returns.conditionOf(name)}
          isDisabled={left === 0 || line.isService}
          value={choice.condition}
          choose={(condition) => choose({ ...choice, condition })}
        />
      </Group>
    </Group>
  );
}

export function ConditionSelect(parts: {
  label: string;
  value: Condition;
  isDisabled?: boolean;
  choose: (condition: Condition) => void;
}) {
  const { conditions } = useWords();
  return (
    <Select
      aria-label={parts.label}
      value={parts.value}
      allowDeselect={false}
      disabled={parts.isDisabled === true}
      w={170}
      onChange={(next) => parts.choose((next ?? parts.value) as Condition)}
      data={Object.entries(conditions).map(([value, label]) => ({ value, label }))}
    />
  );
}

import { Alert, Button, Card, Group, Stack, Text, TextInput } from '@mantine/core';
import { Trash2, Undo2 } from 'lucide-react';
import { useState } from 'react';
import type { StockItem } from '#shared/agent-api/answers.ts';
import type { Condition } from '#shared/protocol/fields.ts';
import { LIMITS } from '#shared/protocol/limits.ts';
import { useAct } from '../../api/use-act.ts';
import { useFormat } from '../../parts/format.ts';
import { PriceField } from '../../parts/price-field.tsx';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Failed } from '../../parts/shown.tsx';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';
import { NO_REASON, ReasonField } from './reason-field.tsx';
import { ConditionSelect } from './take-back.tsx';

interface Line {
  readonly item: StockItem;
  readonly units: number;
  /** Of one unit, in whole units of the currency. */
  readonly price: number;
  readonly condition: Condition;
}

const NOTHING: Chosen = { typed: '', item: undefined };
const CURRENCY_KEPT = 'shelfwire.currency';

/** What nobody can look up here: the receipt is lost for good, or another store's. A manager answers for it. */
export function WithoutReceipt({ done }: { done: (key: string) => void }) {
  const { returns } = useWords();
  const format = useFormat();
  const [receiptNo, setReceiptNo] = useState('');
  const [currency, setCurrency] = useState(() => localStorage.getItem(CURRENCY_KEPT) ?? 'EUR');
  const [lines, setLines] = useState<readonly Line[]>([]);
  const [product, setProduct] = useState(NOTHING);
  const [reason, setReason] = useState(NO_REASON);
  const save = useAct('return', ({ key }) => {
    localStorage.setItem(CURRENCY_KEPT, currency);
    done(key);
  });
  const isCurrency = /^[A-Z]{3}$/.test(currency);
  const digits = isCurrency ? format.digits(currency) : 2;
  const minorOf = (price: number): number => Math.round(price * 10 ** digits);
  const total = lines.reduce((sum, { units, price }) => sum + units * minorOf(price), 0);
  const add = (item: StockItem): void => {
    const place = lines.findIndex((line) => line.item.sku === item.sku && line.condition === 'sellable');
    if (place < 0) setLines([...lines, { item, units: 1, price: 0, condition: 'sellable' }]);
    else change(place, { units: (lines[place]?.units ?? 0) + 1 });
  };
  const change = (place: number, given: Partial<Line>): void =>
    setLines(lines.map((line, at) => (at === place ? { ...line, ...given } : line)));
  const isFull =
    lines.length > 0 &&
    lines.every(({ units }) => units > 0) &&
    isCurrency &&
    (reason.code !== 'other' || reason.note.trim() !== '');
  const body = () => ({
    ...(receiptNo.trim() === '' ? {} : { receiptNo: receiptNo.trim() }),
    noReceipt: true,
    reason: reason.note.trim() || returns.reasons[reason.code],
    currency,
    lines: lines.map(({ item, units, price, condition }) => ({
      sku: item.sku,
      quantity: units,
      unitPriceMinor: minorOf(price),
      condition,
    })),
  });
  return (
    <Card withBorder>
      <Stack>
        <Alert color="orange" variant="light">
          {returns.withoutHint}
        </Alert>
        <Group align="start">
          <TextInput
            label={returns.otherReceipt}
            value={receiptNo}
            maxLength={256}
            flex="1 1 220px"
            onChange={(event) => setReceiptNo(event.currentTarget.value)}
          />
          <TextInput
            label={returns.currency}
            value={currency}
            maxLength={3}
            w={110}
            error={isCurrency ? undefined : returns.currencyWrong}
            onChange={(event) => setCurrency(event.currentTarget.value.toUpperCase())}
          />
        </Group>
        <ProductField chosen={product} choose={setProduct} pick={add} isOptional label={returns.add} />
        {lines.map(({ item, units, price, condition }, place) => (
          <Group
            key={`${item.sku} ${place}`}
            justify="space-between"
            pb="sm"
            style={{ borderBottom: '1px solid var(--mantine-color-default-border)' }}
          >
            <div style={{ flex: '1 1 180px', minWidth: 0 }}>
              <Text fw={500} style={{ overflowWrap: 'anywhere' }}>
                {item.name ?? item.sku}
              </Text>
              <Text size="sm" c="dimmed" style={{ overflowWrap: 'anywhere' }}>
                {item.sku}
              </Text>
            </div>
            <Group wrap="wrap">
              <UnitsField
                name={returns.unitsOf(item.name ?? item.sku)}
                of={item.name ?? item.sku}
                value={units}
                min={1}
                max={100_000}
                change={(next) => change(place, { units: next })}
              />
              <PriceField
                name={returns.priceOf(item.name ?? item.sku)}
                currency={currency}
                digits={digits}
                value={price}
                max={LIMITS.moneyMinor / 10 ** digits}
                change={(next) => change(place, { price: next })}
              />
              <ConditionSelect
                label={returns.conditionOf(item.name ?? item.sku)}
                value={condition}
                choose={(next) => change(place, { condition: next })}
              />
              <Button
                variant="default"
                px="sm"
                aria-label={returns.removeOf(item.name ?? item.sku)}
                onClick={() => setLines(lines.filter((_, at) => at !== place))}
              >
                <Trash2 size={18} aria-hidden />
              </Button>
            </Group>
          </Group>
        ))}
        <ReasonField reason={reason} choose={setReason} />
        <Group justify="space-between">
          <Text size="lg" aria-live="polite">
            {returns.giveBack} <b>{isCurrency ? format.money(total, currency) : ''}</b>
          </Text>
          <Button
            leftSection={<Undo2 size={18} aria-hidden />}
            loading={save.isPending}
            disabled={!isFull}
            onClick={() => save.mutate(body())}
          >
            {returns.take(lines.reduce((sum, { units }) => sum + units, 0))}
          </Button>
        </Group>
        {save.error === null ? null : <Failed error={save.error} />}
      </Stack>
    </Card>
  );
}

import {
  Alert,
  Button,
  Card,
  Group,
  NumberInput,
  SegmentedControl,
  Select,
  Stack,
  Text,
  TextInput,
} from '@mantine/core';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Check } from 'lucide-react';
import { useState } from 'react';
import { call, newKey } from '../../api/client.ts';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Failed, PageTitle } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';

const LOSSES = ['damage', 'theft', 'ownUse', 'expired', 'sample', 'correction', 'other'] as const;
const GAINS = ['found', 'correction', 'other'] as const;
const NOTHING: Chosen = { typed: '', item: undefined };

/** Units that went or came without a sale: damaged, stolen, used, found. Who said it is journaled. */
export function AdjustPage() {
  const { pages, adjust, stock } = useWords();
  const queries = useQueryClient();
  const [product, setProduct] = useState(NOTHING);
  const [way, setWay] = useState<'loss' | 'gain'>('loss');
  const [units, setUnits] = useState<number | string>(1);
  const [code, setCode] = useState<string>('damage');
  const [note, setNote] = useState('');
  const [key, setKey] = useState(newKey);
  const sku = product.item?.sku;
  const quantity = typeof units === 'number' ? units : 0;
  const signed = way === 'loss' ? -quantity : quantity;
  const save = useMutation({
    mutationFn: () =>
      call<{ seq: number }>('POST', '/v1/acts', {
        kind: 'adjustment',
        key,
        body: {
          code,
          reason: note.trim() || adjust.codes[code as keyof typeof adjust.codes],
          lines: [{ sku, quantity: signed }],
        },
      }),
    onSuccess: () => {
      setKey(newKey());
      setProduct(NOTHING);
      setUnits(1);
      setNote('');
      void queries.invalidateQueries();
    },
  });
  const turn = (next: string) => {
    setWay(next as 'loss' | 'gain');
    setCode(next === 'loss' ? 'damage' : 'found');
  };
  return (
    <>
      <PageTitle>{pages.adjust}</PageTitle>
      <Card withBorder maw={640}>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            save.mutate();
          }}
        >
          <Stack>
            <ProductField chosen={product} choose={setProduct} />
            <SegmentedControl
              aria-label={adjust.way}
              value={way}
              onChange={turn}
              size="md"
              transitionDuration={0}
              data={[
                { value: 'loss', label: adjust.loss },
                { value: 'gain', label: adjust.gain },
              ]}
            />
            <NumberInput
              label={adjust.units}
              value={units}
              onChange={setUnits}
              min={1}
              max={100_000}
              allowDecimal={false}
              required
            />
            <Select
              label={adjust.code}
              value={code}
              onChange={(next) => setCode(next ?? code)}
              allowDeselect={false}
              data={(way === 'loss' ? LOSSES : GAINS).map((value) => ({ value, label: adjust.codes[value] }))}
            />
            <TextInput
              label={adjust.note}
              value={note}
              maxLength={256}
              onChange={(event) => setNote(event.currentTarget.value)}
            />
            <Text mih={24} aria-live="polite">
              {product.item === undefined || quantity === 0
                ? ''
                : `${stock.onHand}: ${product.item.onHand} → ${product.item.onHand + signed}`}
            </Text>
            {save.error === null ? null : <Failed error={save.error} />}
            {save.isSuccess && sku === undefined ? (
              <Alert color="teal" icon={<Check aria-hidden />} role="status">
                {adjust.saved}
              </Alert>
            ) : null}
            <Group>
              <Button type="submit" loading={save.isPending} disabled={sku === undefined || quantity < 1}>
                {adjust.save}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
    </>
  );
}

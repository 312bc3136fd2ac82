import { Button, Card, Group, SegmentedControl, Select, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { useAct } from '../../api/use-act.ts';
import { useFormat } from '../../parts/format.ts';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Failed, PageTitle } from '../../parts/shown.tsx';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';
import { Adjusted, type Saved } from './adjusted.tsx';

const LOSSES = ['damage', 'theft', 'ownUse', 'expired', 'sample', 'correction', 'other'] as const;
const GAINS = ['found', 'correction', 'other'] as const;
const NOTHING: Chosen = { typed: '', item: undefined };

/** Units that went or came without a sale: damaged, stolen, used, found. Who said it is journaled. */
export function AdjustPage() {
  const { pages, adjust, adjusted, stock } = useWords();
  const format = useFormat();
  const [product, setProduct] = useState(NOTHING);
  const [way, setWay] = useState<'loss' | 'gain'>('loss');
  const [units, setUnits] = useState(1);
  const [code, setCode] = useState<string>('damage');
  const [note, setNote] = useState('');
  const [saved, setSaved] = useState<Saved | undefined>();
  const sku = product.item?.sku;
  const signed = way === 'loss' ? -units : units;
  const after = product.item === undefined || units === 0 ? undefined : product.item.onHand + signed;
  const save = useAct('adjustment', ({ key, status }) => {
    setSaved({
      key,
      isKnown: status === 'duplicate',
      name: product.item?.name ?? product.typed,
      change: format.change(signed),
    });
    setProduct(NOTHING);
    setUnits(1);
    setNote('');
  });
  const body = () => ({
    code,
    reason: note.trim() || adjust.codes[code as keyof typeof adjust.codes],
    lines: [{ sku, quantity: signed }],
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
            save.mutate(body());
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
            <UnitsField
              label={adjust.units}
              of={product.item?.name ?? adjust.product}
              value={units}
              min={1}
              max={100_000}
              isRequired
              change={setUnits}
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
              {after === undefined
                ? ''
                : `${stock.onHand}: ${format.number(after - signed)} → ${format.number(after)} `}
              {after !== undefined && after < 0 && signed < 0 ? (
                <Text span inherit fw={600}>
                  {adjusted.below}
                </Text>
              ) : null}
            </Text>
            {save.error === null ? null : <Failed error={save.error} />}
            <Group>
              <Button type="submit" loading={save.isPending} disabled={sku === undefined || units < 1}>
                {adjust.save}
              </Button>
            </Group>
          </Stack>
        </form>
      </Card>
      {saved === undefined || product.typed !== '' ? null : (
        <Stack mt="md" maw={640}>
          <Adjusted key={saved.key} saved={saved} />
        </Stack>
      )}
    </>
  );
}

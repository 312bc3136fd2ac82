import { Button, Group, Stack } from '@mantine/core';
import { useState } from 'react';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { UnitsField } from '../../parts/units-field.tsx';
import { useWords } from '../../words/words.tsx';

const NOTHING: Chosen = { typed: '', item: undefined };

/** An article whose code cannot be read: found by name, with how many there are. */
export function ByHand(parts: { isOpen: boolean; close: () => void; add: (sku: string, units: number) => void }) {
  const { count: words } = useWords();
  return (
    <Dialog isOpen={parts.isOpen} close={parts.close} title={words.byHandTitle}>
      <Form close={parts.close} add={parts.add} />
    </Dialog>
  );
}

function Form({ close, add }: { close: () => void; add: (sku: string, units: number) => void }) {
  const { count: words, adjust } = useWords();
  const [product, setProduct] = useState(NOTHING);
  const [units, setUnits] = useState(1);
  const sku = product.item?.sku;
  const isReady = sku !== undefined && units > 0;
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        if (!isReady) return;
        add(sku, units);
        close();
      }}
    >
      <Stack>
        <ProductField chosen={product} choose={setProduct} />
        <UnitsField
          label={words.quantity}
          of={product.item?.name ?? adjust.product}
          min={1}
          max={100_000}
          isRequired
          value={units}
          change={setUnits}
        />
        <Group justify="end">
          <Button variant="default" mih={44} onClick={close}>
            {words.close}
          </Button>
          <Button type="submit" mih={44} disabled={!isReady}>
            {words.add}
          </Button>
        </Group>
      </Stack>
    </form>
  );
}

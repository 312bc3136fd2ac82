import { Autocomplete, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import type { StockItem } from '#shared/agent-api/answers.ts';
import { useStock } from '../api/queries.ts';
import { useWords } from '../words/words.tsx';

export interface Chosen {
  readonly typed: string;
  readonly item: StockItem | undefined;
}

/** A product by name, sku or GTIN: typed, chosen, or scanned (which ends with Enter, and takes the only one found). */
export function ProductField(parts: {
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  label?: string;
  /** It may stay empty, and is not where one begins. */
  isOptional?: boolean;
}) {
  const { chosen, choose, label, isOptional = false } = parts;
  const { stock, adjust } = useWords();
  const [search] = useDebouncedValue(chosen.typed.trim(), 60);
  const { data } = useStock(search);
  const items = search === '' ? [] : (data?.pages[0]?.items.slice(0, 20) ?? []);
  const bySku = new Map(items.map((item) => [item.sku, item]));
  return (
    <Autocomplete
      label={label ?? adjust.product}
      placeholder={stock.search}
      size="md"
      required={!isOptional}
      autoFocus={!isOptional}
      value={chosen.typed}
      data={items.map(({ sku }) => sku)}
      // The agent has searched already, also by name.
      filter={({ options }) => options}
      renderOption={({ option }) => (
        <div>
          <Text>{bySku.get(option.value)?.name ?? stock.unnamed}</Text>
          <Text size="sm" c="dimmed">
            {option.value}
          </Text>
        </div>
      )}
      onChange={(typed) => choose({ typed, item: bySku.get(typed) })}
      onKeyDown={(event) => {
        const [only] = items;
        if (event.key !== 'Enter' || items.length !== 1 || only === undefined) return;
        event.preventDefault();
        choose({ typed: only.sku, item: only });
      }}
      description={
        chosen.item === undefined ? ' ' : `${chosen.item.name ?? stock.unnamed} · ${stock.onHand} ${chosen.item.onHand}`
      }
    />
  );
}

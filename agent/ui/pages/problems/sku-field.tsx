import { Autocomplete, Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useStock } from '../../api/queries.ts';
import { useWords } from '../../words/words.tsx';

interface Given {
  readonly label: string;
  readonly value: string;
  readonly description: string;
  readonly isWrong: boolean;
  readonly change: (sku: string) => void;
}

/** A sku, found by part of its product's name as one types. */
export function SkuField({ label, value, description, isWrong, change }: Given) {
  const { stock } = useWords();
  const [search] = useDebouncedValue(value.trim(), 80);
  const { data } = useStock(search);
  const items = search === '' ? [] : (data?.pages[0]?.items.slice(0, 20) ?? []);
  const bySku = new Map(items.map((item) => [item.sku, item]));
  return (
    <Autocomplete
      label={label}
      placeholder={stock.search}
      size="md"
      value={value}
      description={bySku.get(value)?.name ?? description}
      {...(isWrong ? { 'data-wrong': true } : {})}
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
      onChange={change}
    />
  );
}

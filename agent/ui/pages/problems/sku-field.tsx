import { Autocomplete } from '@mantine/core';
import { useFoundProducts } from '../../parts/found-products.tsx';
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
  const { bySku, list } = useFoundProducts(value);
  return (
    <Autocomplete
      label={label}
      placeholder={stock.search}
      size="md"
      value={value}
      description={bySku.get(value)?.name ?? description}
      {...(isWrong ? { 'data-wrong': true } : {})}
      {...list}
      onChange={change}
    />
  );
}

import { Text } from '@mantine/core';
import { useDebouncedValue } from '@mantine/hooks';
import { useState } from 'react';
import type { StockItem } from '#shared/agent-api/answers.ts';
import { useStock } from '../api/queries.ts';
import { useWords } from '../words/words.tsx';

const WAIT_MS = 60;
const MOST = 20;

/** The products that what was typed so far may mean, and how a list to choose from shows them. */
export function useFoundProducts(typed: string) {
  const { stock } = useWords();
  const [search] = useDebouncedValue(typed.trim(), WAIT_MS);
  const { data, isPlaceholderData } = useStock(search);
  const items: readonly StockItem[] = search === '' ? [] : (data?.pages[0]?.items.slice(0, MOST) ?? []);
  const bySku = new Map(items.map((item) => [item.sku, item]));
  const [isOpened, setOpened] = useState(false);
  const list = {
    // A list without an entry is not seen, and would take the Escape that is meant for the dialog around it.
    dropdownOpened: isOpened && items.length > 0,
    onDropdownOpen: () => setOpened(true),
    onDropdownClose: () => setOpened(false),
    // What is found when somebody has gone on opens nothing.
    onBlur: () => setOpened(false),
    data: items.map(({ sku }) => sku),
    // The agent has searched already, also by name.
    filter: <Option,>({ options }: { options: Option[] }) => options,
    renderOption: ({ option }: { option: { value: string } }) => (
      <div>
        <Text>{bySku.get(option.value)?.name ?? stock.unnamed}</Text>
        <Text size="sm" c="dimmed">
          {option.value}
        </Text>
      </div>
    ),
  };
  /** They are those of what is typed by now. */
  const isSettled = search === typed.trim() && data !== undefined && !isPlaceholderData;
  return { items, bySku, list, isSettled, close: () => setOpened(false) };
}

import { Autocomplete } from '@mantine/core';
import { useEffect, useRef } from 'react';
import type { StockItem } from '#shared/agent-api/answers.ts';
import { useWords } from '../words/words.tsx';
import { useFoundProducts } from './found-products.tsx';
import { SCANNED } from './stray-scans.ts';

export interface Chosen {
  readonly typed: string;
  readonly item: StockItem | undefined;
}

const SAME_PRESS_MS = 50;

/** A product by name, sku or GTIN: typed, chosen, or scanned (which ends with Enter, and takes the only one found). */
export function ProductField(parts: {
  chosen: Chosen;
  choose: (chosen: Chosen) => void;
  label?: string;
  /** It may stay empty, and is not where one begins. */
  isOptional?: boolean;
  /** Takes what is chosen from the list or scanned, instead of `choose`; never what only happens to be spelt like a sku so far. */
  pick?: (item: StockItem) => void;
}) {
  const { chosen, choose, label, isOptional = false, pick } = parts;
  /** The field says what it is after a choice: that is not typed. */
  const picked = useRef<string | undefined>(undefined);
  const pickedAtMs = useRef(0);
  /** Enter on the only one is heard twice, when it is marked in the list too. */
  const take = (item: StockItem): void => {
    const now = performance.now();
    if (now - pickedAtMs.current < SAME_PRESS_MS) return;
    pickedAtMs.current = now;
    pick?.(item);
  };
  const { stock, adjust } = useWords();
  const { items, bySku, list, isSettled, close } = useFoundProducts(chosen.typed);
  /** A scanner's Enter comes before the answer: what was typed then, until it is there. */
  const scanned = useRef<string | undefined>(undefined);
  const enter = (only: StockItem): void => {
    close();
    if (pick === undefined) return choose({ typed: only.sku, item: only });
    take(only);
    return choose({ typed: '', item: undefined });
  };
  useEffect(() => {
    const wanted = scanned.current;
    if (wanted === undefined || (wanted === chosen.typed && !isSettled)) return;
    scanned.current = undefined;
    const only = items.length === 1 ? items[0] : bySku.get(wanted.trim());
    if (wanted === chosen.typed && only !== undefined) enter(only);
  });
  return (
    <Autocomplete
      {...SCANNED}
      label={label ?? adjust.product}
      placeholder={stock.search}
      size="md"
      required={!isOptional}
      autoFocus={!isOptional}
      value={chosen.typed}
      {...list}
      onOptionSubmit={(sku) => {
        const item = bySku.get(sku);
        if (pick === undefined || item === undefined) return;
        picked.current = sku;
        take(item);
      }}
      onChange={(typed) => {
        if (picked.current === typed) choose({ typed: '', item: undefined });
        else choose({ typed, item: bySku.get(typed) });
        picked.current = undefined;
      }}
      onKeyDown={(event) => {
        if (event.key !== 'Enter' || chosen.typed.trim() === '') return;
        // It says which product, never that the form around it is done: some scanners end with two.
        event.preventDefault();
        const [only] = items;
        if (!isSettled) scanned.current = chosen.typed;
        else if (items.length === 1 && only !== undefined) enter(only);
      }}
      description={
        chosen.item === undefined ? ' ' : `${chosen.item.name ?? stock.unnamed} · ${stock.onHand} ${chosen.item.onHand}`
      }
    />
  );
}

import { Text, TextInput } from '@mantine/core';
import { useRef } from 'react';
import { useWords } from '../words/words.tsx';
import { useFormat } from './format.ts';
import { useStrayNumber } from './stray-scans.ts';
import { typedPrice } from './typed-numbers.ts';
import { useTyped } from './use-typed.ts';

/** The price of one unit, in whole units of its currency. An empty field is none. */
export function PriceField(parts: {
  name: string;
  currency: string;
  /** Digits behind the point. */
  digits: number;
  value: number;
  max: number;
  change: (price: number) => void;
}) {
  const { name, currency, digits, value, max, change } = parts;
  const { units } = useWords();
  const { point } = useFormat();
  const input = useRef<HTMLInputElement>(null);
  const typed = useTyped({
    value,
    shown: value.toFixed(digits).replace('.', point),
    read: (text) => typedPrice(text, digits, point, max),
    change,
  });
  useStrayNumber(input, typed.restore);
  return (
    <TextInput
      ref={input}
      aria-label={name}
      value={typed.text}
      inputMode="decimal"
      autoComplete="off"
      error={typed.isWrong ? units.noPrice(digits) : undefined}
      rightSection={
        <Text size="sm" c="dimmed">
          {currency}
        </Text>
      }
      rightSectionWidth={52}
      w={150}
      onChange={typed.onChange}
      onFocus={(event) => {
        typed.onFocus();
        typed.mark();
        event.currentTarget.select();
      }}
      onKeyDown={typed.onKeyDown}
      onBlur={typed.onBlur}
    />
  );
}

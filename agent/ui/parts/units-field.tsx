import { ActionIcon, Group, Input, Text, TextInput } from '@mantine/core';
import { Minus, Plus } from 'lucide-react';
import { useId, useRef, useState, type KeyboardEvent } from 'react';
import { useWords } from '../words/words.tsx';
import { useFormat } from './format.ts';
import { PAUSE_MS } from './scanner.ts';
import { useStrayNumber } from './stray-scans.ts';
import { typedUnits } from './typed-numbers.ts';
import { useTyped } from './use-typed.ts';

/** How many: typed, by the arrow keys, or touched one by one. An empty field is none; a scan is no number. */
export function UnitsField(parts: {
  /** Above the field; without it `name` says what it is. */
  label?: string;
  name?: string;
  description?: string;
  /** Of what, for whoever hears the two buttons and does not see them; without it there are none. */
  of?: string;
  value: number;
  min?: number;
  max: number;
  isRequired?: boolean;
  isDisabled?: boolean;
  /** Where one begins in a dialog. */
  isFirst?: boolean;
  change: (units: number) => void;
}) {
  const words = useWords().units;
  const format = useFormat();
  const { label, name, description, of, value, min = 0, max, isRequired = false, isDisabled = false, change } = parts;
  const id = useId();
  const input = useRef<HTMLInputElement>(null);
  const [scanned, setScanned] = useState<string | undefined>();
  const keyAt = useRef(0);
  const typed = useTyped({ value, shown: String(value), read: (text) => typedUnits(text, max), change });
  useStrayNumber(input, (code, isRead) => {
    typed.restore();
    setScanned(isRead ? undefined : code);
  });
  const step = (by: number): void => change(Math.min(max, Math.max(min, value + by)));
  const press = (event: KeyboardEvent): void => {
    // What was there before a scan is what it is set back to.
    if (event.timeStamp - keyAt.current >= PAUSE_MS) typed.mark();
    keyAt.current = event.timeStamp;
    typed.onKeyDown(event);
    if (event.key !== 'ArrowUp' && event.key !== 'ArrowDown') return;
    event.preventDefault();
    step(event.key === 'ArrowUp' ? 1 : -1);
  };
  const wrong =
    scanned !== undefined ? words.isScan(scanned) : typed.isWrong ? words.whole(format.number(max)) : undefined;
  const field = (
    <TextInput
      ref={input}
      id={id}
      aria-label={name}
      value={typed.text}
      inputMode="numeric"
      autoComplete="off"
      required={isRequired}
      disabled={isDisabled}
      error={wrong !== undefined}
      w={of === undefined ? 104 : 84}
      styles={{ input: { textAlign: of === undefined ? 'start' : 'center' } }}
      {...(parts.isFirst === true ? { 'data-autofocus': true } : {})}
      onFocus={(event) => {
        typed.onFocus();
        event.currentTarget.select();
      }}
      onBlur={typed.onBlur}
      onKeyDown={press}
      onChange={(event) => {
        setScanned(undefined);
        typed.onChange(event);
      }}
    />
  );
  const whole = (
    <>
      {of === undefined ? (
        field
      ) : (
        <Group gap={4} wrap="nowrap">
          {/* Beside a field that has arrow keys they need no place of their own in the order of Tab. */}
          <ActionIcon
            variant="default"
            size={44}
            tabIndex={-1}
            aria-label={words.fewer(of)}
            disabled={isDisabled || value <= min}
            onClick={() => step(-1)}
          >
            <Minus size={20} aria-hidden />
          </ActionIcon>
          {field}
          <ActionIcon
            variant="default"
            size={44}
            tabIndex={-1}
            aria-label={words.more(of)}
            disabled={isDisabled || value >= max}
            onClick={() => step(1)}
          >
            <Plus size={20} aria-hidden />
          </ActionIcon>
        </Group>
      )}
      {wrong === undefined ? null : (
        <Text size="sm" c="var(--mantine-color-error)" role="alert" maw={220} mt={4}>
          {wrong}
        </Text>
      )}
    </>
  );
  if (label === undefined) return <div>{whole}</div>;
  return (
    <Input.Wrapper label={label} description={description} id={id} required={isRequired} size="md">
      {whole}
    </Input.Wrapper>
  );
}

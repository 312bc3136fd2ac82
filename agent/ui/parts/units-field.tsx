import { ActionIcon, Group, Input, NumberInput } from '@mantine/core';
import { Minus, Plus } from 'lucide-react';
import { useId } from 'react';
import { useWords } from '../words/words.tsx';

/** How many: typed, by the arrow keys, or touched one by one. An empty field is none. */
export function UnitsField(parts: {
  /** Above the field; without it `name` says what it is. */
  label?: string;
  name?: string;
  /** Of what, for whoever hears the two buttons and does not see them. */
  of: string;
  value: number;
  min?: number;
  max: number;
  isRequired?: boolean;
  isDisabled?: boolean;
  change: (units: number) => void;
}) {
  const { units } = useWords();
  const { label, name, of, value, min = 0, max, isRequired = false, isDisabled = false, change } = parts;
  const id = useId();
  const field = (
    <Group gap={4} wrap="nowrap">
      {/* Beside a field that has arrow keys they need no place of their own in the order of Tab. */}
      <ActionIcon
        variant="default"
        size={44}
        tabIndex={-1}
        aria-label={units.fewer(of)}
        disabled={isDisabled || value <= min}
        onClick={() => change(Math.max(min, value - 1))}
      >
        <Minus size={20} aria-hidden />
      </ActionIcon>
      <NumberInput
        id={id}
        aria-label={name}
        value={value}
        min={min}
        max={max}
        clampBehavior="strict"
        allowDecimal={false}
        allowNegative={false}
        required={isRequired}
        disabled={isDisabled}
        w={84}
        styles={{ input: { textAlign: 'center' } }}
        onFocus={(event) => event.currentTarget.select()}
        onChange={(next) => change(Number(next) || 0)}
      />
      <ActionIcon
        variant="default"
        size={44}
        tabIndex={-1}
        aria-label={units.more(of)}
        disabled={isDisabled || value >= max}
        onClick={() => change(Math.min(max, value + 1))}
      >
        <Plus size={20} aria-hidden />
      </ActionIcon>
    </Group>
  );
  if (label === undefined) return field;
  return (
    <Input.Wrapper label={label} id={id} required={isRequired} size="md">
      {field}
    </Input.Wrapper>
  );
}

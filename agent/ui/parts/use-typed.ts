import { useRef, useState, type ChangeEvent, type KeyboardEvent } from 'react';

/**
 * A number while somebody types it. What is no number is not taken, and nothing behind it either: "1,5" where whole units are meant
 * stays 1, and is not 15. The field always says what the page knows.
 */
export function useTyped(parts: {
  readonly value: number;
  readonly shown: string;
  /** Undefined: it is no number here. Of nothing it is what an empty field means. */
  readonly read: (text: string) => number | undefined;
  readonly change: (value: number) => void;
}) {
  const { value, shown, read, change } = parts;
  const [typed, setTyped] = useState<string | undefined>();
  const [isWrong, setWrong] = useState(false);
  const before = useRef(value);
  // Changed by a button or a scan meanwhile: that is said, not what was typed before.
  const text = typed !== undefined && read(typed) === value ? typed : shown;
  return {
    text,
    isWrong,
    /** As it was before something else than a number was entered. */
    restore: () => {
      setTyped(undefined);
      setWrong(false);
      change(before.current);
    },
    /** From here on what is entered may be none. */
    mark: () => (before.current = value),
    onChange: (event: ChangeEvent<HTMLInputElement>) => {
      const next = event.currentTarget.value;
      const number = read(next);
      if (number === undefined || (isWrong && next.startsWith(text) && next !== text)) return setWrong(true);
      setWrong(false);
      setTyped(next);
      return change(number);
    },
    onFocus: () => setWrong(false),
    // Whoever deletes begins again.
    onKeyDown: ({ key }: KeyboardEvent) => {
      if (key === 'Backspace' || key === 'Delete') setWrong(false);
    },
    onBlur: () => setTyped(undefined),
  };
}

import { TextInput } from '@mantine/core';
import { ScanBarcode } from 'lucide-react';
import { useEffect, useRef, useState } from 'react';
import { SCANNED, useStrayReader } from './stray-scans.ts';

/** What a scanner types, or a person: done with Enter, and ready for the next at once. `read` says what is wrong with it. */
export function ScanField(parts: {
  label: string;
  read: (code: string) => Promise<string | undefined>;
  autoFocus?: boolean;
  /** What the last scan came to; '' before the first. Absent: the page shows it elsewhere. */
  heard?: string;
  /** Read at once, as if it had been scanned. */
  first?: string | undefined;
}) {
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState<string | undefined>();
  const { first, read, heard } = parts;
  const take = (wanted: string): void => {
    if (wanted !== '') void read(wanted).then(setWrong);
  };
  useStrayReader((stray) => take(stray.trim()));
  const isRead = useRef(false);
  useEffect(() => {
    if (first === undefined || isRead.current) return;
    isRead.current = true;
    void read(first).then(setWrong);
  });
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = code.trim();
        setCode('');
        take(wanted);
      }}
    >
      <TextInput
        {...SCANNED}
        aria-label={parts.label}
        placeholder={parts.label}
        leftSection={<ScanBarcode size={18} aria-hidden />}
        autoComplete="off"
        autoFocus={parts.autoFocus === true}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        error={wrong}
        {...(heard === undefined || wrong !== undefined
          ? {}
          : {
              description: heard === '' ? ' ' : `✓ ${heard}`,
              descriptionProps: { role: 'status' },
              inputWrapperOrder: ['input', 'description', 'error'],
            })}
      />
    </form>
  );
}

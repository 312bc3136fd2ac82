import { TextInput } from '@mantine/core';
import { ScanBarcode } from 'lucide-react';
import { useState } from 'react';

/** What a scanner types, or a person: done with Enter, and ready for the next at once. `read` says what is wrong with it. */
export function ScanField(parts: {
  label: string;
  read: (code: string) => Promise<string | undefined>;
  autoFocus?: boolean;
}) {
  const [code, setCode] = useState('');
  const [wrong, setWrong] = useState<string | undefined>();
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        const wanted = code.trim();
        setCode('');
        if (wanted !== '') void parts.read(wanted).then(setWrong);
      }}
    >
      <TextInput
        aria-label={parts.label}
        placeholder={parts.label}
        leftSection={<ScanBarcode size={18} aria-hidden />}
        autoComplete="off"
        autoFocus={parts.autoFocus === true}
        value={code}
        onChange={(event) => setCode(event.currentTarget.value)}
        error={wrong}
      />
    </form>
  );
}

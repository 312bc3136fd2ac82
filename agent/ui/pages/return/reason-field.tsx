import { Select, SimpleGrid, TextInput } from '@mantine/core';
import { useWords } from '../../words/words.tsx';

const REASONS = ['unwanted', 'faulty', 'wrong', 'other'] as const;
type Code = (typeof REASONS)[number];

export interface Reason {
  readonly code: Code;
  readonly note: string;
}

export const NO_REASON: Reason = { code: 'unwanted', note: '' };

/** Why it comes back: one of a few, and a note. */
export function ReasonField({ reason, choose }: { reason: Reason; choose: (reason: Reason) => void }) {
  const { returns, adjust } = useWords();
  return (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      <Select
        label={returns.reason}
        value={reason.code}
        allowDeselect={false}
        onChange={(code) => choose({ ...reason, code: code ?? reason.code })}
        data={REASONS.map((value) => ({ value, label: returns.reasons[value] }))}
      />
      <TextInput
        label={adjust.note}
        value={reason.note}
        maxLength={200}
        required={reason.code === 'other'}
        onChange={(event) => choose({ ...reason, note: event.currentTarget.value })}
      />
    </SimpleGrid>
  );
}

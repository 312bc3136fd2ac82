import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { useWords } from '../../words/words.tsx';

/** The store cannot give the units: why, so that the hub looks elsewhere. */
export function RejectTask(parts: { isOpen: boolean; close: () => void; reject: (reason: string) => void }) {
  const { pickups } = useWords();
  const [reason, setReason] = useState('');
  return (
    <Dialog isOpen={parts.isOpen} close={parts.close} title={pickups.rejectTitle}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          parts.reject(reason.trim());
          parts.close();
        }}
      >
        <Stack>
          <TextInput
            label={pickups.reason}
            data-autofocus
            required
            maxLength={256}
            value={reason}
            onChange={(event) => setReason(event.currentTarget.value)}
          />
          <Group justify="end">
            <Button variant="default" onClick={parts.close}>
              {pickups.keep}
            </Button>
            <Button type="submit" color="red" disabled={reason.trim() === ''}>
              {pickups.reject}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

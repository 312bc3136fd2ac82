import { Button, Group, Stack, Text, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { useWords } from '../../words/words.tsx';

/** Asks before something that is not undone; with `isReasoned` also why. */
export function Confirm(parts: {
  isOpen: boolean;
  title: string;
  hint: string;
  yes: string;
  isReasoned?: boolean;
  close: () => void;
  confirm: (reason: string) => void;
}) {
  const { count: words } = useWords();
  const [reason, setReason] = useState('');
  const isMissing = parts.isReasoned === true && reason.trim() === '';
  return (
    <Dialog isOpen={parts.isOpen} close={parts.close} title={parts.title}>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (isMissing) return;
          parts.confirm(reason.trim());
          parts.close();
        }}
      >
        <Stack>
          <Text>{parts.hint}</Text>
          {parts.isReasoned === true ? (
            <TextInput
              label={words.reason}
              data-autofocus
              required
              maxLength={256}
              value={reason}
              onChange={(event) => setReason(event.currentTarget.value)}
            />
          ) : null}
          <Group justify="end">
            <Button
              variant="default"
              mih={44}
              onClick={parts.close}
              data-autofocus={parts.isReasoned !== true || undefined}
            >
              {words.keep}
            </Button>
            <Button type="submit" mih={44} color={parts.isReasoned === true ? 'red.9' : 'teal.9'} disabled={isMissing}>
              {parts.yes}
            </Button>
          </Group>
        </Stack>
      </form>
    </Dialog>
  );
}

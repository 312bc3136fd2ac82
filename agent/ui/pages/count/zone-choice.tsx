import { Button, Group, Stack, TextInput } from '@mantine/core';
import { useState } from 'react';
import { Dialog } from '../../parts/dialog.tsx';
import { SCANNED } from '../../parts/stray-scans.ts';
import { useWords } from '../../words/words.tsx';

/** Where one counts from now on: a zone of this count, or a new one. */
export function ZoneChoice(parts: {
  isOpen: boolean;
  zones: readonly string[];
  zone: string;
  choose: (zone: string) => void;
  close: () => void;
}) {
  const { count: words } = useWords();
  const [typed, setTyped] = useState('');
  const take = (zone: string) => {
    parts.choose(zone);
    setTyped('');
    parts.close();
  };
  return (
    <Dialog isOpen={parts.isOpen} close={parts.close} title={words.zoneTitle}>
      <Stack>
        <Group gap="xs">
          {[...new Set([...parts.zones, parts.zone])].map((zone) => (
            <Button
              key={zone}
              mih={44}
              variant={zone === parts.zone ? 'filled' : 'default'}
              aria-pressed={zone === parts.zone}
              onClick={() => take(zone)}
            >
              {zone}
            </Button>
          ))}
        </Group>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            take(typed.trim());
          }}
        >
          <Group align="end" wrap="nowrap">
            <TextInput
              {...SCANNED}
              label={words.zoneOther}
              data-autofocus
              maxLength={64}
              value={typed}
              style={{ flex: 1 }}
              onChange={(event) => setTyped(event.currentTarget.value)}
            />
            <Button type="submit" mih={44} disabled={typed.trim() === ''}>
              {words.take}
            </Button>
          </Group>
        </form>
      </Stack>
    </Dialog>
  );
}

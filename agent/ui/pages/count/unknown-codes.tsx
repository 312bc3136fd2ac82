import { Button, Card, Group, Stack, Text, Title } from '@mantine/core';
import { CircleHelp } from 'lucide-react';
import { useState } from 'react';
import type { UnknownCode } from '#shared/agent-api/counts.ts';
import { ProductField, type Chosen } from '../../parts/product-field.tsx';
import { Dialog } from '../../parts/dialog.tsx';
import { useWords } from '../../words/words.tsx';

const NOTHING: Chosen = { typed: '', item: undefined };

/** Codes that no product has: kept with what was scanned, until somebody says what they are. */
export function UnknownCodes(parts: {
  unknown: readonly UnknownCode[];
  setOpened: (isOpened: boolean) => void;
  identify: (code: string, sku: string | null) => void;
}) {
  const { count: words } = useWords();
  const [code, setCode] = useState<string | undefined>();
  const open = (next: string | undefined) => {
    setCode(next);
    parts.setOpened(next !== undefined);
  };
  if (parts.unknown.length === 0 && code === undefined) return null;
  return (
    <Card withBorder component="section" aria-label={words.unknown}>
      <Group gap="xs" mb="xs">
        <CircleHelp size={20} aria-hidden color="var(--mantine-color-orange-filled)" />
        <Title order={2} size="h4">
          {words.unknown}
        </Title>
      </Group>
      <Stack gap="xs">
        {parts.unknown.map((one) => (
          <Group key={one.code} justify="space-between" wrap="nowrap">
            <div style={{ minWidth: 0 }}>
              <Text ff="monospace" fw={600} truncate>
                {one.code}
              </Text>
              <Text size="sm" c="dimmed">
                {words.unknownOf(one.quantity, one.by.join(', '))}
                {one.isAmbiguous ? ` · ${words.ambiguous}` : ''}
              </Text>
            </div>
            <Button variant="default" mih={44} style={{ flexShrink: 0 }} onClick={() => open(one.code)}>
              {words.whatIsIt}
            </Button>
          </Group>
        ))}
      </Stack>
      <Dialog isOpen={code !== undefined} close={() => open(undefined)} title={`${words.whatIsIt} ${code ?? ''}`}>
        <Answers
          key={code}
          code={code ?? ''}
          identify={(sku) => {
            parts.identify(code ?? '', sku);
            open(undefined);
          }}
        />
      </Dialog>
    </Card>
  );
}

function Answers({ code, identify }: { code: string; identify: (sku: string | null) => void }) {
  const { count: words } = useWords();
  const [product, setProduct] = useState(NOTHING);
  return (
    <Stack>
      <ProductField chosen={product} choose={setProduct} />
      <Button
        mih={44}
        disabled={product.item === undefined}
        onClick={() => product.item !== undefined && identify(product.item.sku)}
      >
        {words.product}
      </Button>
      {code.length <= 64 ? (
        <Button mih={44} variant="default" onClick={() => identify(code)}>
          {words.asItself(code)}
        </Button>
      ) : null}
      <Button mih={44} variant="subtle" color="red" onClick={() => identify(null)}>
        {words.aside}
      </Button>
    </Stack>
  );
}

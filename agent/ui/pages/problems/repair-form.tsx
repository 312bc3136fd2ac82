import { Button, Collapse, Group, SimpleGrid, Stack, Text, Textarea, TextInput } from '@mantine/core';
import { useState } from 'react';
import type { RepairField, RepairForm as Form } from '#shared/agent-api/quarantine.ts';
import { useWords } from '../../words/words.tsx';
import { SkuField } from './sku-field.tsx';

export type Correction = { readonly fields: Readonly<Record<string, string>> } | { readonly text: string };

interface Given {
  readonly form: Form & { readonly text: string };
  readonly isSending: boolean;
  readonly send: (correction: Correction) => void;
}

/** The values of what was set aside, those first that are wrong; or its text as a whole. */
export function RepairForm({ form, isSending, send }: Given) {
  const { problems } = useWords();
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const [text, setText] = useState(form.text);
  const wrong = form.fields.filter(({ isWrong }) => isWrong);
  const others = form.fields.filter(({ isWrong }) => !isWrong);
  const [isAll, setAll] = useState(wrong.length === 0);
  const [asText, setAsText] = useState(form.fields.length === 0);
  const isChanged = asText ? text !== form.text : Object.keys(values).length > 0;
  const fieldsOf = (fields: readonly RepairField[]) => (
    <SimpleGrid cols={{ base: 1, sm: 2 }}>
      {fields.map((field) => (
        <Value
          key={field.id}
          field={field}
          value={values[field.id] ?? field.value}
          change={(value) => setValues((before) => changed(before, field, value))}
        />
      ))}
    </SimpleGrid>
  );
  return (
    <form
      onSubmit={(event) => {
        event.preventDefault();
        send(asText ? { text } : { fields: values });
      }}
    >
      <Stack>
        {asText ? (
          <Textarea
            label={problems.text}
            value={text}
            autosize
            minRows={3}
            maxRows={16}
            styles={{ input: { fontFamily: 'monospace' } }}
            spellCheck={false}
            onChange={(event) => setText(event.currentTarget.value)}
          />
        ) : (
          <>
            {wrong.length > 0 ? <Text fw={600}>{problems.marked}</Text> : null}
            {fieldsOf(wrong)}
            {others.length > 0 && wrong.length > 0 ? (
              <Group>
                <Button variant="subtle" px={0} aria-expanded={isAll} onClick={() => setAll(!isAll)}>
                  {problems.allValues} ({others.length})
                </Button>
              </Group>
            ) : null}
            <Collapse expanded={isAll} transitionDuration={0}>
              {fieldsOf(others)}
            </Collapse>
          </>
        )}
        <Group>
          <Button type="submit" loading={isSending} disabled={!isChanged}>
            {problems.send}
          </Button>
          {form.fields.length > 0 ? (
            <Button variant="subtle" onClick={() => setAsText(!asText)}>
              {asText ? problems.editFields : problems.editText}
            </Button>
          ) : null}
        </Group>
      </Stack>
    </form>
  );
}

/** A value that is as it was is no change. */
function changed(before: Readonly<Record<string, string>>, field: RepairField, value: string) {
  const { [field.id]: _before, ...others } = before;
  return value === field.value ? others : { ...others, [field.id]: value };
}

function Value({ field, value, change }: { field: RepairField; value: string; change: (value: string) => void }) {
  const { problems } = useWords();
  const hint = value === '' ? problems.leftOut : dateOf(field, value);
  const shared = { label: field.label, value, description: hint };
  if (field.kind === 'sku') return <SkuField {...shared} change={change} isWrong={field.isWrong} />;
  return (
    <TextInput
      {...shared}
      {...(field.isWrong ? { 'data-wrong': true } : {})}
      inputMode={field.kind === 'quantity' ? 'numeric' : 'text'}
      onChange={(event) => change(event.currentTarget.value)}
    />
  );
}

/** What a number of milliseconds means. */
function dateOf({ kind }: RepairField, value: string): string {
  return kind === 'date' && /^\d{12,14}$/.test(value) ? new Date(Number(value)).toLocaleString() : ' ';
}

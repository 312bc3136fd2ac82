import { Card, Checkbox, NativeSelect, SimpleGrid, Stack, Table, Text, TextInput, Title } from '@mantine/core';
import type { ColumnRole, TableEncoding, TableLook } from '#shared/agent-api/sources.ts';
import { Scrolled } from '../../parts/shown.tsx';
import { useWords } from '../../words/words.tsx';
import { ROLES, type TableSettings } from './table-settings.ts';

interface Given {
  readonly look: TableLook;
  readonly settings: TableSettings;
  readonly missing: readonly ColumnRole[];
  readonly change: (settings: Partial<TableSettings>) => void;
  /** Has the file read anew with these. */
  readonly reread: (read: { encoding?: TableEncoding; delimiter?: string; hasHeader?: boolean }) => void;
}

const ENCODINGS: readonly TableEncoding[] = ['utf8', 'latin1', 'utf16le', 'utf16be'];

/** How the file is read, and what each of its columns is. */
export function Mapping({ look, settings, missing, change, reread }: Given) {
  const { sources } = useWords();
  const ofSales = settings.kind === 'transactions';
  const { otherDateFormat } = look.guess;
  return (
    <Card withBorder>
      <Stack>
        <Title order={2} size="h4">
          {sources.look}
        </Title>
        <SimpleGrid cols={{ base: 1, sm: 2, lg: 4 }} style={{ alignItems: 'end' }}>
          <NativeSelect
            label={sources.encoding}
            size="md"
            value={look.encoding}
            data={ENCODINGS.map((value) => ({ value, label: sources.encodings[value] }))}
            onChange={(event) => reread({ encoding: event.currentTarget.value as TableEncoding })}
          />
          <NativeSelect
            label={sources.delimiter}
            size="md"
            value={look.delimiter}
            data={Object.entries(sources.delimiters).map(([value, label]) => ({ value, label }))}
            onChange={(event) => reread({ delimiter: event.currentTarget.value })}
          />
          <NativeSelect
            label={sources.kind}
            size="md"
            value={settings.kind}
            data={[
              { value: 'transactions', label: sources.sales },
              { value: 'counts', label: sources.counts },
            ]}
            onChange={(event) => change({ kind: event.currentTarget.value as TableSettings['kind'] })}
          />
          <NativeSelect
            label={sources.decimal}
            size="md"
            value={settings.decimalSeparator}
            data={['.', ',']}
            onChange={(event) => change({ decimalSeparator: event.currentTarget.value as '.' | ',' })}
          />
          <TextInput
            label={sources.dateFormat}
            value={settings.dateFormat}
            error={settings.dateFormat === '' ? sources.missing(sources.dateFormat) : undefined}
            description={otherDateFormat === undefined ? ' ' : sources.ambiguous(otherDateFormat)}
            onChange={(event) => change({ dateFormat: event.currentTarget.value })}
          />
          <TextInput
            label={sources.timeZone}
            description=" "
            value={settings.timeZone}
            onChange={(event) => change({ timeZone: event.currentTarget.value })}
          />
          {ofSales ? (
            <>
              <TextInput
                label={sources.currency}
                description=" "
                value={settings.currency}
                maxLength={3}
                onChange={(event) => change({ currency: event.currentTarget.value.toUpperCase() })}
              />
              <TextInput
                label={sources.returnPrefix}
                description={sources.returnPrefixHint}
                value={settings.returnPrefix}
                maxLength={16}
                onChange={(event) => change({ returnPrefix: event.currentTarget.value })}
              />
              <TextInput
                label={sources.services}
                description={sources.servicesHint}
                value={settings.serviceSkus}
                onChange={(event) => change({ serviceSkus: event.currentTarget.value })}
              />
            </>
          ) : null}
        </SimpleGrid>
        <Checkbox
          size="md"
          label={sources.header}
          checked={look.hasHeader}
          onChange={(event) => reread({ hasHeader: event.currentTarget.checked })}
        />
        <Columns look={look} settings={settings} change={change} />
        <Text aria-live="polite" fw={600} mih={24}>
          {missing.length === 0 ? '' : sources.missing(missing.map((role) => sources.roles[role]).join(', '))}
        </Text>
      </Stack>
    </Card>
  );
}

/** The first rows, and above each column what it is. */
function Columns({ look, settings, change }: Pick<Given, 'look' | 'settings' | 'change'>) {
  const { sources } = useWords();
  const roleOf = (column: string): string =>
    ROLES[settings.kind].find((role) => settings.columns[role] === column) ?? '';
  const choose = (column: string, role: string): void => {
    const others = Object.entries(settings.columns).filter(([known, name]) => name !== column && known !== role);
    change({ columns: Object.fromEntries(role === '' ? others : [...others, [role, column]]) });
  };
  const options = [
    { value: '', label: sources.nothing },
    ...ROLES[settings.kind].map((value) => ({ value, label: sources.roles[value] })),
  ];
  return (
    <Scrolled label={sources.first}>
      <Table striped withTableBorder fz="sm">
        <Table.Thead>
          <Table.Tr>
            {look.columns.map(({ name }, place) => (
              <Table.Th key={`${name} ${place}`} style={{ minWidth: 184, verticalAlign: 'bottom' }}>
                <Text size="sm" fw={600}>
                  {name}
                </Text>
                <NativeSelect
                  aria-label={sources.roleOf(name)}
                  value={roleOf(name)}
                  data={options}
                  onChange={(event) => choose(name, event.currentTarget.value)}
                />
              </Table.Th>
            ))}
          </Table.Tr>
        </Table.Thead>
        <Table.Tbody>
          {look.rows.slice(0, 8).map((row, place) => (
            <Table.Tr key={place}>
              {row.map((cell, column) => (
                <Table.Td key={column}>{cell}</Table.Td>
              ))}
            </Table.Tr>
          ))}
        </Table.Tbody>
      </Table>
    </Scrolled>
  );
}

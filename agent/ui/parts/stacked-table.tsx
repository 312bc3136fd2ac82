import { Table, type TableProps, type TableTdProps, type TableThProps, type TableTrProps } from '@mantine/core';
import type { ReactNode } from 'react';
import classes from './stacked-table.module.css';

/**
 * A table that is a list on a phone: each row takes as many lines as it needs, each figure has its column's name before it, and
 * nothing scrolls sideways. It is the same table to keys and screen readers: the roles are said, since browsers forget them where rows are no
 * rows to the eye. What is wider than a tablet all the same scrolls, also by keyboard.
 */
export function StackedTable({
  label,
  head,
  children,
  ...table
}: Omit<TableProps, 'children'> & { label: string; head: ReactNode; children: ReactNode }) {
  return (
    <div role="region" aria-label={label} tabIndex={0} className={classes['region']}>
      <Table {...table} role="table" className={`${classes['table'] ?? ''} ${table.className ?? ''}`}>
        <Table.Thead role="rowgroup">
          <Table.Tr role="row">{head}</Table.Tr>
        </Table.Thead>
        <Table.Tbody role="rowgroup">{children}</Table.Tbody>
      </Table>
    </div>
  );
}

/** @param isKept is seen on a phone too: it can be pressed, or names what can be */
export function Head({ isKept = false, ...given }: TableThProps & { isKept?: boolean }) {
  return <Table.Th {...given} role="columnheader" {...(isKept ? { 'data-kept': true } : {})} />;
}

export const Row = (given: TableTrProps) => <Table.Tr {...given} role="row" />;

/**
 * @param label the column's name, where the cell does not speak for itself
 * @param isMain takes what its line has left on a phone
 * @param isWhole has lines of its own there
 * @param isMark is small, and stands before the others there
 */
export function Cell({
  label,
  isMain = false,
  isWhole = false,
  isMark = false,
  ...given
}: TableTdProps & { label?: string; isMain?: boolean; isWhole?: boolean; isMark?: boolean }) {
  const marks = {
    ...(label === undefined ? {} : { 'data-label': label }),
    ...(isMain ? { 'data-main': true } : {}),
    ...(isWhole ? { 'data-whole': true } : {}),
    ...(isMark ? { 'data-mark': true } : {}),
  };
  return <Table.Td {...given} role="cell" {...marks} />;
}

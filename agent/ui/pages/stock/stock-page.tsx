import { Box, Card, Group, Text, TextInput } from '@mantine/core';
import { useHotkeys } from '@mantine/hooks';
import { useVirtualizer } from '@tanstack/react-virtual';
import { Link, useLocation } from '@tanstack/react-router';
import { PackageSearch, Search } from 'lucide-react';
import { memo, useEffect, useRef, useState } from 'react';
import type { StockItem } from '#shared/agent-api/answers.ts';
import { useStock } from '../../api/queries.ts';
import { useFormat } from '../../parts/format.ts';
import { Empty, Failed, Loading, PageTitle } from '../../parts/shown.tsx';
import { SCANNED } from '../../parts/stray-scans.ts';
import { useWords } from '../../words/words.tsx';
import { ItemPage } from './item/item-page.tsx';
import classes from './stock.module.css';

const ROW_PX = 52;

/** Where somebody was in the list: what they searched for, and how far down. */
interface Place {
  search: string;
  offset: number;
}

/** Every product of the store; one of them when the address names it. Who comes back from it finds the list as it was. */
export function StockPage() {
  const { item } = useLocation().search as { readonly item?: string | number };
  const [place] = useState<Place>(() => ({ search: '', offset: 0 }));
  return item === undefined ? <Products place={place} /> : <ItemPage key={String(item)} sku={String(item)} />;
}

/** Found as one types. A scanner types into the search too, and ends with Enter. */
function Products({ place }: { place: Place }) {
  const { pages, stock } = useWords();
  const format = useFormat();
  const [typed, setTyped] = useState(place.search);
  const type = (next: string): void => {
    Object.assign(place, { search: next, offset: 0 });
    setTyped(next);
  };
  // The agent answers in a few ms, and what is not wanted any more is called off: no key waits.
  const search = typed.trim();
  const field = useRef<HTMLInputElement>(null);
  useHotkeys([['/', () => field.current?.focus()]]);
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage } = useStock(search);
  const items = data?.pages.flatMap((page) => page.items) ?? [];
  const asOf = data?.pages[0]?.asOf ?? null;
  return (
    <>
      <PageTitle>{pages.stock}</PageTitle>
      <TextInput
        {...SCANNED}
        ref={field}
        aria-label={stock.search}
        placeholder={stock.search}
        leftSection={<Search size={18} aria-hidden />}
        value={typed}
        autoFocus
        mb="sm"
        aria-keyshortcuts="/"
        onChange={(event) => type(event.currentTarget.value)}
        onKeyDown={(event) => {
          if (event.key === 'Enter') event.currentTarget.select();
          if (event.key === 'Escape') type('');
        }}
      />
      <Text size="sm" c="dimmed" mb="sm" mih={22}>
        {data === undefined ? '' : asOf === null ? stock.ownOnly : stock.asOf(format.instant(asOf))}
      </Text>
      {error !== null && data === undefined ? (
        <Failed error={error} again={() => void refetch()} />
      ) : data === undefined ? (
        <Loading />
      ) : items.length === 0 ? (
        search === '' ? (
          <Empty icon={PackageSearch} title={stock.none}>
            {stock.noneHint}
          </Empty>
        ) : (
          <Empty icon={PackageSearch} title={stock.empty}>
            {stock.emptyHint(search)}
          </Empty>
        )
      ) : (
        <Rows
          place={place}
          search={search}
          items={items}
          more={hasNextPage && !isFetchingNextPage ? () => void fetchNextPage() : undefined}
        />
      )}
    </>
  );
}

function Rows(parts: { place: Place; search: string; items: readonly StockItem[]; more: (() => void) | undefined }) {
  const { place, search, items, more } = parts;
  const { stock, pages } = useWords();
  const scroll = useRef<HTMLDivElement>(null);
  const rows = useVirtualizer({
    count: items.length,
    getScrollElement: () => scroll.current,
    estimateSize: () => ROW_PX,
    overscan: 12,
    initialOffset: place.offset,
  });
  // Another search begins at its top.
  useEffect(() => {
    if (scroll.current !== null) scroll.current.scrollTop = place.offset;
  }, [place, search]);
  const shown = rows.getVirtualItems();
  const last = shown.at(-1)?.index ?? 0;
  useEffect(() => {
    if (more !== undefined && last >= items.length - 60) more();
  }, [last, items.length, more]);
  return (
    <Card withBorder padding={0} className={classes['list'] ?? ''}>
      <div
        role="table"
        className={classes['table']}
        aria-label={pages.stock}
        aria-rowcount={more === undefined ? items.length + 1 : -1}
      >
        <div role="row" className={`${classes['row']} ${classes['head']}`}>
          <span role="columnheader">{stock.name}</span>
          <span role="columnheader" className="num">
            {stock.onHand}
          </span>
          <span role="columnheader" className="num">
            {stock.reserved}
          </span>
          <span role="columnheader" className="num">
            {stock.free}
          </span>
        </div>
        <Box
          ref={scroll}
          onScroll={(event) => (place.offset = event.currentTarget.scrollTop)}
          className={classes['scroll']}
          role="rowgroup"
          tabIndex={0}
          aria-label={stock.shown(items.length)}
        >
          <div role="presentation" style={{ height: rows.getTotalSize(), position: 'relative' }}>
            {shown.map(({ index, start, key }) => {
              const item = items[index];
              if (item === undefined) return null;
              return <Row key={key} item={item} index={index} start={start} />;
            })}
          </div>
        </Box>
      </div>
      <Group p="xs" justify="end">
        <Text size="sm" c="dimmed">
          {stock.shown(items.length)}
        </Text>
      </Group>
    </Card>
  );
}

/** Plain elements, drawn again only when they say something else: thirty of them stand between a key and what it found. */
const Row = memo(function Row({ item, index, start }: { item: StockItem; index: number; start: number }) {
  const { stock } = useWords();
  const format = useFormat();
  return (
    <div
      role="row"
      aria-rowindex={index + 2}
      className={`${classes['row']} ${classes['touched']}`}
      style={{ height: ROW_PX, transform: `translateY(${start}px)` }}
    >
      <span role="cell" className={classes['name']}>
        <Link to="/stock" search={{ item: item.sku }} className={classes['item']}>
          <span className={classes['title']}>{item.name ?? stock.unnamed}</span>
          <span className={classes['sku']}>{item.sku}</span>
        </Link>
      </span>
      <span role="cell" className={`num ${classes[item.onHand < 0 ? 'below' : 'onHand']}`}>
        {format.number(item.onHand)}
      </span>
      <span role="cell" className={`num ${classes['reserved']}`}>
        {item.reserved === 0 ? '' : format.number(item.reserved)}
      </span>
      <span role="cell" className="num">
        {format.number(Math.max(0, item.onHand - item.reserved))}
      </span>
    </div>
  );
});

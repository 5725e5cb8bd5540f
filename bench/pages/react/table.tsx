import type { Row as TableRow } from '@tanstack/react-table';
import { createColumnHelper, FlexRender, tableFeatures, useTable } from '@tanstack/react-table';
import { useVirtualizer } from '@tanstack/react-virtual';
import { memo, useLayoutEffect, useRef } from 'react';
import { ariaSort, FIRST_LIST, OVERSCAN, ROW_HEIGHT, toggleSort, type User } from '../shared/api.ts';
import { COLUMNS, label, number, total } from '../shared/format.ts';
import { Actions, Chips, Person, StatusBadge, Time } from './cells.tsx';
import { type ListPage, type ListRow, useRows } from './queries.ts';
import type { Selection } from './users.tsx';

const features = tableFeatures({});
const helper = createColumnHelper<typeof features, ListRow>();
const cell = (render: (user: User) => React.ReactNode) => (context: { row: { original: ListRow } }) =>
  context.row.original.user && render(context.row.original.user);
const columns = helper.columns([
  helper.display({ id: 'name', header: 'Name', cell: cell((user) => <Person user={user} />) }),
  helper.display({ id: 'status', header: 'Status', cell: cell((user) => <StatusBadge user={user} />) }),
  helper.display({ id: 'roles', header: 'Roles', cell: cell((user) => <Chips.Roles user={user} />) }),
  helper.display({
    id: 'environments',
    header: 'Environments',
    cell: cell((user) => <Chips.Environments user={user} />),
  }),
  helper.display({
    id: 'last',
    header: 'Last active',
    cell: cell((user) => <Time time={user.last_active_at} isAgo />),
  }),
  helper.display({ id: 'created', header: 'Created', cell: cell((user) => <Time time={user.created_at} />) }),
  helper.display({ id: 'actions', header: '', cell: cell((user) => <Actions user={user} />) }),
]);

interface Props {
  first: ListPage | undefined;
  sort: string;
  onSort: (sort: string) => void;
  selection: Selection;
  onSelect: (user: User) => void;
  onSelectAll: (all: boolean) => void;
  open: string | undefined;
  onOpen: (user: User) => void;
}

export function UsersTable({ first, sort, onSort, selection, onSelect, onSelectAll, open, onOpen }: Props) {
  const scroller = useRef<HTMLTableSectionElement>(null);
  const list = first?.list ?? FIRST_LIST;
  const count = first?.total.value ?? 0;
  const virtualizer = useVirtualizer({
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  // biome-ignore lint/correctness/useExhaustiveDependencies: a new list is shown from its first row.
  useLayoutEffect(() => virtualizer.scrollToOffset(0), [list, virtualizer]);

  const items = virtualizer.getVirtualItems();
  const [from, to] = [items[0]?.index ?? 0, (items.at(-1)?.index ?? -1) + 1];
  const data = useRows(list, from, to);
  const table = useTable({ features, columns, data, getRowId: ({ index }) => String(index) });
  const { startIndex = 0, endIndex = -1 } = virtualizer.range ?? {};

  return (
    <>
      <table className="users" role="table" aria-label="Users">
        <thead role="rowgroup">
          <tr className="row" role="row" aria-rowindex={1}>
            <td role="cell">
              <input
                type="checkbox"
                aria-label="Select all users"
                checked={selection.all}
                onChange={({ target }) => onSelectAll(target.checked)}
              />
            </td>
            {table.getHeaderGroups()[0]?.headers.map((header, index) => {
              const { sort: key, className } = COLUMNS[index] ?? {};
              const name = <FlexRender header={header} />;
              return (
                <th
                  key={header.id}
                  className={className}
                  role="columnheader"
                  aria-sort={key ? ariaSort(sort, key) : undefined}
                >
                  {key ? (
                    <button type="button" data-sort={key} onClick={() => onSort(toggleSort(sort, key))}>
                      {name}
                    </button>
                  ) : (
                    name
                  )}
                </th>
              );
            })}
          </tr>
        </thead>
        <tbody className="scroller" ref={scroller} role="rowgroup" tabIndex={0} aria-label="Users">
          <tr className="sizer" style={{ height: virtualizer.getTotalSize() }} />
          {table.getRowModel().rows.map((row) => {
            const { index, user } = row.original;
            return (
              <Row
                key={index}
                row={row}
                index={index}
                user={user}
                isSelected={!!user && (selection.all || selection.some.has(user.id))}
                isOpen={!!user && user.id === open}
                onSelect={onSelect}
                onOpen={onOpen}
              />
            );
          })}
        </tbody>
      </table>
      <footer className="foot">
        {first && `${number(startIndex + 1)}–${number(endIndex + 1)} of ${total(first.total)}`}
      </footer>
    </>
  );
}

interface RowProps {
  row: TableRow<typeof features, ListRow>;
  index: number;
  user: User | undefined;
  isSelected: boolean;
  isOpen: boolean;
  onSelect: (user: User) => void;
  onOpen: (user: User) => void;
}

/** Renders again only if its user, position or state changes. */
const Row = memo(
  function Row({ row, index, user, isSelected, isOpen, onSelect, onOpen }: RowProps) {
    const onClick = (event: React.MouseEvent) => {
      if (!user || !(event.target as Element).closest('a')) return;
      event.preventDefault();
      onOpen(user);
    };
    return (
      <tr
        className="row"
        role="row"
        aria-rowindex={index + 2}
        aria-selected={isSelected}
        data-open={isOpen}
        style={{ transform: `translateY(${index * ROW_HEIGHT}px)` }}
        onClick={onClick}
      >
        <td role="cell">
          {user && (
            <input
              type="checkbox"
              aria-label={`Select ${label(user)}`}
              checked={isSelected}
              onChange={() => onSelect(user)}
            />
          )}
        </td>
        {row.getAllCells().map((cell) => (
          <td key={cell.id} className={cell.column.id} role="cell">
            <FlexRender cell={cell} />
          </td>
        ))}
      </tr>
    );
  },
  (before, after) =>
    before.user === after.user &&
    before.index === after.index &&
    before.isSelected === after.isSelected &&
    before.isOpen === after.isOpen &&
    before.onSelect === after.onSelect &&
    before.onOpen === after.onOpen,
);

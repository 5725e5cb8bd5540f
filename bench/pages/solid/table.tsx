import { createVirtualizer } from '@tanstack/solid-virtual';
import { createEffect, createMemo, For, on, Show } from 'solid-js';
import { ariaSort, type List, OVERSCAN, ROW_HEIGHT, toggleSort, type User, type UserPage } from '../shared/api.ts';
import { COLUMNS, label, number, total } from '../shared/format.ts';
import { Cells } from './cells.tsx';
import type { Selection } from './users.tsx';

interface Props {
  list: List | undefined;
  total: UserPage['total'];
  row: (index: number) => User | undefined;
  onRangeChange: (first: number, end: number) => void;
  sort: string;
  onSort: (sort: string) => void;
  selection: Selection;
  onSelect: (user: User) => void;
  onSelectAll: (all: boolean) => void;
  open: string | undefined;
  onOpen: (user: User) => void;
}

export function UsersTable(props: Props) {
  let scroller!: HTMLTableSectionElement;
  const virtualizer = createVirtualizer({
    get count() {
      return props.total.value;
    },
    getScrollElement: () => scroller,
    estimateSize: () => ROW_HEIGHT,
    overscan: OVERSCAN,
  });
  createEffect(
    on(
      () => props.list,
      () => virtualizer.scrollToOffset(0),
      { defer: true },
    ),
  );
  createEffect(() => {
    const items = virtualizer.getVirtualItems();
    const [first, last] = [items[0], items.at(-1)];
    if (props.list && first && last) props.onRangeChange(first.index, last.index + 1);
  });
  const range = () => {
    virtualizer.getVirtualItems().length;
    return virtualizer.range ?? { startIndex: 0, endIndex: -1 };
  };

  return (
    <>
      <table class="users" role="table" aria-label="Users">
        <thead role="rowgroup">
          <tr class="row" role="row" aria-rowindex={1}>
            <td role="cell">
              <input
                type="checkbox"
                aria-label="Select all users"
                checked={props.selection.all}
                onChange={({ target }) => props.onSelectAll(target.checked)}
              />
            </td>
            <For each={COLUMNS}>
              {({ name, className, sort: key }) => (
                <th class={className} role="columnheader" aria-sort={key ? ariaSort(props.sort, key) : undefined}>
                  <Show when={key} fallback={name}>
                    {(key) => (
                      <button
                        type="button"
                        data-sort={key()}
                        onClick={() => props.onSort(toggleSort(props.sort, key()))}
                      >
                        {name}
                      </button>
                    )}
                  </Show>
                </th>
              )}
            </For>
            <th role="columnheader" />
          </tr>
        </thead>
        <tbody class="scroller" ref={scroller} role="rowgroup" tabindex={0} aria-label="Users">
          <tr class="sizer" style={{ height: `${virtualizer.getTotalSize()}px` }} />
          <For each={virtualizer.getVirtualItems()}>
            {(item) => {
              const user = createMemo(() => props.row(item.index));
              const isSelected = () => {
                const { all, some } = props.selection;
                return all || (user() !== undefined && some.has(user()!.id));
              };
              return (
                <tr
                  class="row"
                  role="row"
                  aria-rowindex={item.index + 2}
                  aria-selected={isSelected()}
                  data-open={user() !== undefined && user()!.id === props.open}
                  style={{ transform: `translateY(${item.start}px)` }}
                  onClick={(event) => {
                    if (!user() || !(event.target as Element).closest('a')) return;
                    event.preventDefault();
                    props.onOpen(user()!);
                  }}
                >
                  <td role="cell">
                    <input
                      type="checkbox"
                      aria-label={user() && `Select ${label(user()!)}`}
                      checked={isSelected()}
                      onChange={() => user() && props.onSelect(user()!)}
                    />
                  </td>
                  <Show when={user()}>{(user) => <Cells user={user()} />}</Show>
                </tr>
              );
            }}
          </For>
        </tbody>
      </table>
      <footer class="foot">
        {props.list && `${number(range().startIndex + 1)}–${number(range().endIndex + 1)} of ${total(props.total)}`}
      </footer>
    </>
  );
}

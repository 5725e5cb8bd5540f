import { createSignal, onCleanup, Show } from 'solid-js';
import { FIRST_LIST, type List, type User, type UserPage } from '../shared/api.ts';
import { total } from '../shared/format.ts';
import { RowCache } from '../shared/row-cache.ts';
import { Panel } from './panel.tsx';
import { UsersTable } from './table.tsx';

export interface Selection {
  all: boolean;
  some: ReadonlySet<string>;
}

const EMPTY_SELECTION: Selection = { all: false, some: new Set() };

/** The users page: search, table and panel. */
export function UsersPage() {
  const [list, setList] = createSignal(FIRST_LIST);
  const [shown, setShown] = createSignal<List>();
  const [count, setCount] = createSignal<UserPage['total']>({ value: 0, exact: true });
  // Triggers updates when rows arrive, because Solid does not track the cache.
  const [version, setVersion] = createSignal(0);
  const [selection, setSelection] = createSignal(EMPTY_SELECTION);
  const [open, setOpen] = createSignal<User>();
  const cache = new RowCache(() => {
    setShown(cache.list);
    setCount(cache.total);
    setVersion((value) => value + 1);
  });
  const load = (next: List) => {
    setList(next);
    cache.load(next);
  };
  const select = (user: User) => {
    const some = new Set(selection().some);
    if (!some.delete(user.id)) some.add(user.id);
    setSelection({ all: false, some });
  };
  const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && setOpen(undefined);
  addEventListener('keydown', onKey);
  onCleanup(() => removeEventListener('keydown', onKey));
  cache.load(list());

  return (
    <>
      <main class="list">
        <header>
          <h1>Users</h1>
          <span>{shown() && total(count())}</span>
        </header>
        <input
          class="search"
          type="search"
          aria-label="Search users"
          placeholder="Search name or e-mail"
          autocomplete="off"
          onInput={({ target }) => load({ ...list(), search: target.value })}
        />
        <UsersTable
          list={shown()}
          total={count()}
          row={(index) => {
            version();
            return cache.row(index);
          }}
          onRangeChange={(first, end) => cache.ensureLoaded(first, end)}
          sort={list().sort}
          onSort={(sort) => load({ ...list(), sort })}
          selection={selection()}
          onSelect={select}
          onSelectAll={(all) => setSelection({ ...EMPTY_SELECTION, all })}
          open={open()?.id}
          onOpen={setOpen}
        />
      </main>
      <Show when={open()} keyed>
        {(user) => <Panel user={user} onClose={() => setOpen(undefined)} />}
      </Show>
    </>
  );
}

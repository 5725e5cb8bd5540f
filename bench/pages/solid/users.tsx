import { createSignal, onCleanup, Show } from 'solid-js';
import { FIRST_LIST, type List, type User, type UserPage } from '../shared/api.ts';
import { Pages } from '../shared/pages.ts';
import { total } from '../shared/words.ts';
import { Panel } from './panel.tsx';
import { UsersTable } from './table.tsx';

export interface Selection {
  all: boolean;
  some: ReadonlySet<string>;
}

const NOBODY: Selection = { all: false, some: new Set() };

/** The search, the table, and the panel beside it. */
export function UsersPage() {
  const [list, setList] = createSignal(FIRST_LIST);
  const [shown, setShown] = createSignal<List>();
  const [count, setCount] = createSignal<UserPage['total']>({ value: 0, exact: true });
  // Rows came, which is no change of a value that Solid could see.
  const [came, setCame] = createSignal(0);
  const [selection, setSelection] = createSignal(NOBODY);
  const [open, setOpen] = createSignal<User>();
  const pages = new Pages(() => {
    setShown(pages.list);
    setCount(pages.total);
    setCame((times) => times + 1);
  });
  const show = (next: List) => {
    setList(next);
    pages.show(next);
  };
  const select = (user: User) => {
    const some = new Set(selection().some);
    if (!some.delete(user.id)) some.add(user.id);
    setSelection({ all: false, some });
  };
  const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && setOpen(undefined);
  addEventListener('keydown', onKey);
  onCleanup(() => removeEventListener('keydown', onKey));
  pages.show(list());

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
          onInput={({ target }) => show({ ...list(), search: target.value })}
        />
        <UsersTable
          list={shown()}
          total={count()}
          row={(index) => {
            came();
            return pages.row(index);
          }}
          onNeed={(first, end) => pages.need(first, end)}
          sort={list().sort}
          onSort={(sort) => show({ ...list(), sort })}
          selection={selection()}
          onSelect={select}
          onSelectAll={(all) => setSelection({ ...NOBODY, all })}
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

import { useCallback, useEffect, useState } from 'react';
import { FIRST_LIST, type User } from '../shared/api.ts';
import { total } from '../shared/format.ts';
import { Panel } from './panel.tsx';
import { useFirstPage } from './queries.ts';
import { UsersTable } from './table.tsx';

export interface Selection {
  all: boolean;
  some: ReadonlySet<string>;
}

const EMPTY_SELECTION: Selection = { all: false, some: new Set() };

/** The users page: search, table and panel. */
export function UsersPage() {
  const [list, setList] = useState(FIRST_LIST);
  const [selection, setSelection] = useState(EMPTY_SELECTION);
  const [open, setOpen] = useState<User>();
  const first = useFirstPage(list);
  const close = useCallback(() => setOpen(undefined), []);
  const onSort = useCallback((sort: string) => setList((list) => ({ ...list, sort })), []);
  const onSelect = useCallback((user: User) => {
    setSelection(({ some }) => {
      const next = new Set(some);
      if (!next.delete(user.id)) next.add(user.id);
      return { all: false, some: next };
    });
  }, []);
  useEffect(() => {
    const onKey = ({ key }: KeyboardEvent) => key === 'Escape' && close();
    addEventListener('keydown', onKey);
    return () => removeEventListener('keydown', onKey);
  }, [close]);

  return (
    <>
      <main className="list">
        <header>
          <h1>Users</h1>
          <span>{first && total(first.total)}</span>
        </header>
        <input
          className="search"
          type="search"
          aria-label="Search users"
          placeholder="Search name or e-mail"
          autoComplete="off"
          value={list.search}
          onChange={({ target }) => setList({ ...list, search: target.value })}
        />
        <UsersTable
          first={first}
          sort={list.sort}
          onSort={onSort}
          selection={selection}
          onSelect={onSelect}
          onSelectAll={(all) => setSelection({ ...EMPTY_SELECTION, all })}
          open={open?.id}
          onOpen={setOpen}
        />
      </main>
      {open && <Panel key={open.id} user={open} onClose={close} />}
    </>
  );
}

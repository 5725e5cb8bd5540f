import type { ColDef, ICellRendererParams, IHeaderComp } from 'ag-grid-community';
import type { User } from '../shared/api.ts';
import { ACTIONS, ago, date, initials, label, moment, roleName, statusName } from '../shared/format.ts';

export interface Selection {
  all: boolean;
  some: Set<string>;
}

/** Renders the content of a cell. */
type Content = (user: User) => Node | Node[];

/** Returns the columns. They keep their own selection, because the grid's selection covers only loaded rows. */
export function columns(selection: Selection, onSelection: () => void, onOpen: (user: User) => void): ColDef<User>[] {
  const select = cell((user) => {
    const box = Object.assign(document.createElement('input'), { type: 'checkbox' });
    box.checked = selection.all || selection.some.has(user.id);
    box.ariaLabel = `Select ${label(user)}`;
    box.addEventListener('change', () => {
      if (box.checked) selection.some.add(user.id);
      else selection.some.delete(user.id);
    });
    return box;
  });
  class SelectAll implements IHeaderComp {
    #box = Object.assign(document.createElement('input'), { type: 'checkbox', ariaLabel: 'Select all users' });
    init(): void {
      this.#box.addEventListener('change', () => {
        selection.all = this.#box.checked;
        selection.some.clear();
        onSelection();
      });
    }
    getGui(): HTMLElement {
      return this.#box;
    }
    refresh(): boolean {
      return false;
    }
  }
  const [ascendingFirst, descendingFirst] = [['asc', 'desc'] as const, ['desc', 'asc'] as const];
  return [
    { colId: 'select', width: 48, headerComponent: SelectAll, cellRenderer: select },
    {
      colId: 'name',
      headerName: 'Name',
      flex: 1.32,
      sortable: true,
      sortingOrder: [...ascendingFirst],
      cellRenderer: cell((user) => person(user, onOpen)),
    },
    {
      colId: 'status',
      headerName: 'Status',
      width: 112,
      sortable: true,
      sortingOrder: [...ascendingFirst],
      cellRenderer: cell(status),
    },
    {
      colId: 'roles',
      headerName: 'Roles',
      flex: 1.28,
      cellRenderer: cell((user) => user.roles.map(({ role }) => span('chip', roleName(role)))),
    },
    { colId: 'environments', headerName: 'Environments', flex: 1, cellRenderer: cell(environments) },
    {
      colId: 'last_active_at',
      headerName: 'Last active',
      width: 126,
      sortable: true,
      sortingOrder: [...descendingFirst],
      cellRenderer: cell((user) => time(user.last_active_at, ago(user.last_active_at))),
    },
    {
      colId: 'created_at',
      headerName: 'Created',
      width: 136,
      sortable: true,
      sort: 'desc',
      sortingOrder: [...descendingFirst],
      cellRenderer: cell((user) => time(user.created_at, date(user.created_at))),
    },
    {
      colId: 'actions',
      headerName: '',
      width: 124,
      cellRenderer: cell((user) => ACTIONS.map((action) => button(user, action))),
    },
  ];
}

function cell(content: Content): (params: ICellRendererParams<User>) => HTMLElement {
  return ({ data }) => {
    const element = span('content');
    if (data) element.append(...[content(data)].flat());
    return element;
  };
}

function person(user: User, onOpen: (user: User) => void): Node {
  const link = document.createElement('a');
  link.href = `/users/${user.id}`;
  link.textContent = label(user);
  // The grid's own click event fires too late to stop the browser from following the link.
  link.addEventListener('click', (event) => {
    event.preventDefault();
    onOpen(user);
  });
  const text = span('');
  text.append(link, span('mail', user.email));
  const person = span('person');
  person.append(span('avatar', initials(user)), text);
  return person;
}

function status({ status }: User): Node {
  const badge = span('badge', statusName(status));
  badge.dataset.status = status;
  return badge;
}

function environments({ environments: { first, total } }: User): Node[] {
  const tags = first.map(({ name }) => span('tag', name));
  return total > first.length ? [...tags, span('tag', `+${total - first.length}`)] : tags;
}

function time(time: string | null, text: string): Node {
  return Object.assign(document.createElement('time'), {
    textContent: text,
    dateTime: time ?? '',
    title: time ? moment(time) : '',
  });
}

function button(user: User, { key, name, path }: (typeof ACTIONS)[number]): Node {
  const button = document.createElement('button');
  button.type = 'button';
  button.className = 'action';
  button.ariaLabel = `${name} ${label(user)}`;
  button.ariaDisabled = String(user.allowed[key] !== null);
  button.innerHTML = `<svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"></path></svg>`;
  return button;
}

function span(className: string, text = ''): HTMLElement {
  return Object.assign(document.createElement('span'), { className, textContent: text });
}

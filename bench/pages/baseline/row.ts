import type { User } from '../shared/api.ts';
import { ACTIONS, ago, date, initials, label, moment, roleName, statusName } from '../shared/format.ts';

const TEMPLATE = document.createElement('template');
TEMPLATE.innerHTML = `<tr class="row" role="row">
  <td role="cell"><input type="checkbox"></td>
  <th class="name" role="rowheader" scope="row"><span class="person"><span class="avatar" aria-hidden="true"></span>
    <span><a></a><span class="mail"></span></span></span></th>
  <td role="cell"><span class="badge"></span></td>
  <td role="cell"></td>
  <td role="cell"></td>
  <td class="last" role="cell"><time></time></td>
  <td role="cell"><time></time></td>
  <td class="actions" role="cell">${ACTIONS.map(
    ({ path }) =>
      `<button class="action" type="button"><svg viewBox="0 0 16 16" aria-hidden="true"><path d="${path}"></path></svg></button>`,
  ).join('')}</td>
</tr>`.replaceAll(/>\s+</g, '><');

/** A row element that is reused for different users. */
export class Row {
  readonly element = (TEMPLATE.content.cloneNode(true) as DocumentFragment).firstElementChild as HTMLElement;
  index = -1;
  user: User | undefined;

  #top = -1;
  #cells = [...this.element.children] as HTMLElement[];
  #checkbox = this.element.querySelector('input')!;
  #avatar = this.element.querySelector<HTMLElement>('.avatar')!;
  #link = this.element.querySelector('a')!;
  #mail = this.element.querySelector<HTMLElement>('.mail')!;
  #badge = this.element.querySelector<HTMLElement>('.badge')!;
  #times = [...this.element.querySelectorAll('time')];
  #actions = [...this.element.querySelectorAll('button')];
  #isBlank = false;

  constructor() {
    this.show(undefined, true);
  }

  place(index: number, top: number): void {
    if (index !== this.index) {
      this.index = index;
      this.element.ariaRowIndex = String(index + 2);
      this.element.hidden = false;
    }
    if (top !== this.#top) {
      this.#top = top;
      this.element.style.transform = `translateY(${top}px)`;
    }
  }

  hide(): void {
    this.index = -1;
    this.element.hidden = true;
    this.element.ariaRowIndex = null;
  }

  mark(isSelected: boolean, isOpen: boolean): void {
    if (this.#checkbox.checked !== isSelected) this.#checkbox.checked = isSelected;
    const [selected, open] = [String(isSelected), String(isOpen)];
    if (this.element.ariaSelected !== selected) this.element.ariaSelected = selected;
    if (this.element.dataset.open !== open) this.element.dataset.open = open;
  }

  show(user: User | undefined, isFirst = false): void {
    if (user === this.user && !isFirst) return;
    this.user = user;
    if (!user || this.#isBlank) {
      this.#isBlank = !user;
      for (const cell of this.#cells) cell.style.visibility = user ? '' : 'hidden';
    }
    if (!user) {
      this.#link.textContent = '';
      return;
    }
    const name = label(user);
    this.#checkbox.ariaLabel = `Select ${name}`;
    this.#avatar.textContent = initials(user);
    this.#link.textContent = name;
    this.#link.href = `/users/${user.id}`;
    this.#mail.textContent = user.email;
    this.#badge.textContent = statusName(user.status);
    this.#badge.dataset.status = user.status;
    this.#setTexts(
      3,
      'chip',
      user.roles.map(({ role }) => roleName(role)),
    );
    const { first, total } = user.environments;
    const names = first.map((environment) => environment.name);
    this.#setTexts(4, 'tag', total > first.length ? [...names, `+${total - first.length}`] : names);
    this.#setTime(0, user.last_active_at, ago(user.last_active_at));
    this.#setTime(1, user.created_at, date(user.created_at));
    ACTIONS.forEach(({ key, name: action }, index) => {
      const button = this.#actions[index]!;
      button.ariaLabel = `${action} ${name}`;
      button.ariaDisabled = String(user.allowed[key] !== null);
    });
  }

  #setTime(index: number, time: string | null, text: string): void {
    const element = this.#times[index]!;
    element.textContent = text;
    element.dateTime = time ?? '';
    element.title = time ? moment(time) : '';
  }

  /** Writes one element per text, and reuses the existing elements. */
  #setTexts(cell: number, className: string, texts: string[]): void {
    const parent = this.#cells[cell]!;
    while (parent.childElementCount > texts.length) parent.lastElementChild!.remove();
    texts.forEach((text, index) => {
      let element = parent.children[index];
      if (!element) {
        element = document.createElement('span');
        element.className = className;
        parent.append(element);
      }
      element.textContent = text;
    });
  }
}

import { fetchUser, type User } from './api.ts';
import { date, label, moment } from './words.ts';

/** The panel beside the list, for the pages without a framework that renders. */
export class Panel {
  #root: HTMLElement;
  #onOpen: (user: User | undefined) => void;
  #element: HTMLElement | undefined;
  #call: AbortController | undefined;

  /** Within an element; tells who is open. */
  constructor(root: HTMLElement, onOpen: (user: User | undefined) => void) {
    this.#root = root;
    this.#onOpen = onOpen;
    addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && this.#element) this.close();
    });
  }

  open(user: User): void {
    this.#call?.abort();
    this.#element?.remove();
    const element = document.createElement('section');
    element.className = 'panel';
    element.innerHTML = `<header><h2></h2><button type="button" aria-label="Close">✕</button></header>
      <dl><dt>E-mail</dt><dd></dd></dl>`;
    element.querySelector('h2')!.textContent = label(user);
    element.querySelector('dd')!.textContent = user.email;
    element.querySelector('button')!.addEventListener('click', () => this.close());
    this.#element = element;
    this.#root.append(element);
    this.#onOpen(user);
    void this.#describe(user, element.querySelector('dl')!);
  }

  close(): void {
    this.#call?.abort();
    this.#element?.remove();
    this.#element = undefined;
    this.#onOpen(undefined);
  }

  async #describe(user: User, list: HTMLElement): Promise<void> {
    this.#call = new AbortController();
    const { signal } = this.#call;
    const details = await fetchUser(user.id, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!details) return;
    const facts: [string, string][] = [
      ['Invited by', details.invited_by?.name ?? '–'],
      ['Created', moment(details.created_at)],
      ['First seen', details.joined_at ? date(details.joined_at) : 'Never'],
      ['Last seen', details.last_active_at ? date(details.last_active_at) : 'Never'],
    ];
    for (const [name, value] of facts) {
      list.append(
        Object.assign(document.createElement('dt'), { textContent: name }),
        Object.assign(document.createElement('dd'), { textContent: value }),
      );
    }
  }
}

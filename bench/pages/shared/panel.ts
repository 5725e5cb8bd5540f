import { fetchUser, type User } from './api.ts';
import { date, label, moment } from './format.ts';

/** The user panel beside the list, for pages without a rendering framework. */
export class Panel {
  #root: HTMLElement;
  #onOpen: (user: User | undefined) => void;
  #element: HTMLElement | undefined;
  #request: AbortController | undefined;

  /** Renders into `root`. Calls `onOpen` with the open user, or with undefined on close. */
  constructor(root: HTMLElement, onOpen: (user: User | undefined) => void) {
    this.#root = root;
    this.#onOpen = onOpen;
    addEventListener('keydown', ({ key }) => {
      if (key === 'Escape' && this.#element) this.close();
    });
  }

  open(user: User): void {
    this.#request?.abort();
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
    void this.#loadDetails(user, element.querySelector('dl')!);
  }

  close(): void {
    this.#request?.abort();
    this.#element?.remove();
    this.#element = undefined;
    this.#onOpen(undefined);
  }

  async #loadDetails(user: User, list: HTMLElement): Promise<void> {
    this.#request = new AbortController();
    const { signal } = this.#request;
    const details = await fetchUser(user.id, signal).catch((error: unknown) => {
      if (!signal.aborted) throw error;
    });
    if (!details) return;
    const facts: [string, string][] = [
      ['Invited by', details.invited_by?.name ?? '–'],
      ['Created', moment(details.created_at)],
      ['First active', details.joined_at ? date(details.joined_at) : 'Never'],
      ['Last active', details.last_active_at ? date(details.last_active_at) : 'Never'],
    ];
    for (const [name, value] of facts) {
      list.append(
        Object.assign(document.createElement('dt'), { textContent: name }),
        Object.assign(document.createElement('dd'), { textContent: value }),
      );
    }
  }
}

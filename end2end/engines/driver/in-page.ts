/** A description of an element by its role and its accessible name, or by a selector. */
export interface Target {
  role?: string;
  /** The exact name, or the source of a regular expression. */
  name?: string | { pattern: string };
  /** A CSS selector, for elements without a role. */
  selector?: string;
  /** An element that contains it. */
  within?: Target;
}

/** The functions that scripts use in the page. The driver sends their source, so they use nothing outside of it. */
export function inPage() {
  const ROLES: Record<string, string> = {
    button: 'button, summary, [role=button]',
    checkbox: 'input[type=checkbox], [role=checkbox]',
    columnheader: '[role=columnheader]',
    dialog: 'dialog, [role=dialog], [role=alertdialog]',
    heading: 'h1, h2, h3, h4',
    link: 'a[href]',
    menuitem: '[role^=menuitem]',
    radio: 'input[type=radio], [role=radio]',
    region: 'section, [role=region]',
    rowheader: '[role=rowheader]',
    searchbox: 'input[type=search], [role=searchbox]',
    tab: '[role=tab]',
    textbox: 'input[type=text], input[type=email], input:not([type]), textarea, [role=textbox]',
    complementary: 'aside, [role=complementary]',
  };

  /** Returns all elements that match, also in shadow roots. */
  const all = (selector: string, root: ParentNode = document): Element[] =>
    [...root.querySelectorAll('*')].flatMap((element) => [
      ...(element.matches(selector) ? [element] : []),
      ...(element.shadowRoot ? all(selector, element.shadowRoot) : []),
    ]);

  const parentOf = (element: Element): Element | null =>
    element.assignedSlot ?? element.parentElement ?? (element.getRootNode() as Partial<ShadowRoot>).host ?? null;

  const isWithin = (element: Element | null, ancestor: Element): boolean =>
    !!element && (element === ancestor || isWithin(parentOf(element), ancestor));

  /** Whether an element is rendered. A transparent checkbox over an avatar is. */
  const isVisible = (element: Element): boolean => {
    const { width, height } = element.getBoundingClientRect();
    return width > 0 && height > 0 && element.checkVisibility({ visibilityProperty: true });
  };

  const squash = (text: string | null | undefined): string => (text ?? '').replace(/\s+/g, ' ').trim();

  /** Returns the text of an element as screen readers get it: without hidden and decorative parts. */
  const textOf = (element: Element): string => {
    if (element.getAttribute('aria-hidden') === 'true' || getComputedStyle(element).display === 'none') return '';
    const parts = [...(element.shadowRoot ?? element).childNodes].map((node) =>
      node instanceof Text ? node.data : node instanceof Element ? textOf(node) : '',
    );
    return parts.join(getComputedStyle(element).display.includes('inline') ? '' : ' ');
  };

  /** Returns an approximate accessible name, to find elements. The tests compare the names that the engines compute. */
  const nameOf = (element: Element): string => {
    const root = element.getRootNode() as Document | ShadowRoot;
    const ids = element.getAttribute('aria-labelledby')?.split(/\s+/) ?? [];
    const labelled = ids.map((id) => squash(root.getElementById(id)?.textContent)).join(' ');
    const { labels } = element as Partial<HTMLInputElement>;
    return (
      labelled ||
      squash(element.getAttribute('aria-label')) ||
      squash([...(labels ?? [])].map(textOf).join(' ')) ||
      squash(textOf(element))
    );
  };

  const findAll = ({ role, name, selector, within }: Target): Element[] => {
    const scope = within ? find(within) : undefined;
    if (within && !scope) return [];
    const candidates = all(selector ?? (role && ROLES[role]) ?? `[role=${role}]`);
    return candidates.filter((element) => {
      if (!isVisible(element) || (scope && !isWithin(element, scope))) return false;
      if (name === undefined) return true;
      return typeof name === 'string' ? nameOf(element) === name : new RegExp(name.pattern).test(nameOf(element));
    });
  };

  const find = (target: Target): Element | undefined => findAll(target)[0];

  /** Returns the focused element, also in shadow roots. */
  const focused = (): Element | null => {
    let { activeElement } = document;
    while (activeElement?.shadowRoot?.activeElement) ({ activeElement } = activeElement.shadowRoot);
    return activeElement;
  };

  /** Returns the topmost element at a point, also in shadow roots. */
  const elementAt = (x: number, y: number): Element | null => {
    let element = document.elementFromPoint(x, y);
    while (element?.shadowRoot) {
      const inner = element.shadowRoot.elementFromPoint(x, y);
      if (!inner || inner === element) break;
      element = inner;
    }
    return element;
  };

  return { all, parentOf, isWithin, isVisible, nameOf, find, findAll, focused, elementAt, squash };
}

export type InPage = ReturnType<typeof inPage>;

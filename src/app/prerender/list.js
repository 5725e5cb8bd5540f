// Makes the prerendered list work until the program runs (docs/prerendering.md): typing and clicks fetch the list at
// another address, and replace the one in the document. `cargo xtask` minifies it, to at most 2 KB.
{
  const root = document.documentElement.dataset;
  const find = (selector) => document.querySelector(selector);
  const on = addEventListener;
  const isParsed = new Promise((done) => on('DOMContentLoaded', done));
  /** The search field of the prerendered list, unless the program has started to replace that. */
  const getField = () => root.program !== 'on' && find('#prerendered [type=search]');

  let request;
  let timer;
  /** Whether the user typed after the last click. */
  let isTyping;

  /**
   * Fetches the list at an address and replaces the one in the document. The newest answer wins. If there is
   * no list, the browser loads the page at that address, unless the user is typing.
   */
  const load = async (url, isNew, isSearch) => {
    isTyping = isSearch;
    clearTimeout(timer);
    request?.abort();
    request = new AbortController();
    const { signal } = request;
    root.prerendered ??= '';
    try {
      // The header names the impersonation of this tab, or is empty (settings.js).
      const html = await (await fetch(url, { headers: { 'studio-fragment': root.view }, signal })).text();
      await isParsed;
      if (signal.aborted) return;
      replaceList(new DOMParser().parseFromString(html, 'text/html').querySelector('#prerendered'), url);
      root.at = Date.now();
      delete root.prerendered;
      history[isNew && url.href !== location.href ? 'pushState' : 'replaceState'](null, '', url);
    } catch {
      if (!signal.aborted) {
        delete root.prerendered;
        // biome-ignore lint/suspicious/noGlobalAssign: this navigates, in the fewest bytes.
        if (!isTyping) location = url;
      }
    }
  };

  /** Replaces the list, but keeps the search field with its text, caret and focus. */
  const replaceList = (list, url) => {
    const field = getField();
    const { activeElement } = document;
    const popover = find(':popover-open')?.id;
    const top = url.search === location.search && find('.users-table__body')?.scrollTop;
    let [old, fresh] = [field, list.querySelector('[type=search]')];
    while (true) {
      for (const { name, value } of fresh.attributes) old.setAttribute(name, value);
      if (fresh === list) break;
      const parents = [old.parentNode, fresh.parentNode];
      const [removed, added] = parents.map((parent) => [...parent.childNodes]);
      for (const node of removed) if (node !== old) node.remove();
      const at = added.indexOf(fresh);
      old.before(...added.slice(0, at));
      old.after(...added.slice(at + 1));
      [old, fresh] = parents;
    }
    if (!isTyping) field.value = field.defaultValue;
    if (top) find('.users-table__body').scrollTop = top;
    if (popover) find(`#${popover}`).showPopover();
    // Screen readers announce changes of an element that stays.
    find('output').textContent = find('p[role=status]').textContent;
    if (activeElement.isConnected) return;
    const { textContent } = activeElement;
    const isSame = (link) => textContent && link.textContent === textContent;
    const { pathname } = location;
    const target =
      (url.pathname !== pathname && find('.user-panel__name')) ||
      [...document.querySelectorAll('#prerendered a')].find(isSame) ||
      find(`a[href^="${pathname}"]`);
    target?.focus();
  };

  const search = () => {
    const { form } = getField();
    // The program has the text if it took over meanwhile.
    if (form) void load(new URL(`?${new URLSearchParams(new FormData(form))}`, form.action), 0, 1);
  };

  on('input', ({ target }) => {
    if (target === getField()) {
      isTyping = 1;
      clearTimeout(timer);
      // Letters that waited for the main thread become one search.
      timer = setTimeout(search);
    }
  });

  on('submit', (event) => {
    if (getField()) {
      event.preventDefault();
      search();
    }
  });

  on('popstate', () => {
    if (getField()) void load(location);
  });

  const follow = (event) => {
    const link = event.target.closest('#prerendered a');
    const field = getField();
    const opensElsewhere = event.ctrlKey || event.metaKey || event.shiftKey;
    if (!field || !link || link.hash || opensElsewhere || !/users(\/.{36})?$/.test(link.pathname)) return;
    event.preventDefault();
    const url = new URL(link.href);
    // The link does not know text without an answer.
    if (isTyping && field.value !== field.defaultValue) url.searchParams.set('search', field.value);
    void load(url, 1);
  };
  // In the capture phase, before `clicks.js` records the click.
  on('click', follow, true);

  // Without a list for the settings, the one in the document stays.
  if (root.prerendered) void load(location, 0, 1);
}

// The functions with which the program takes the prerendered list over (docs/prerendering.md, hand_over.rs). They are not
// part of the program, because JavaScript is smaller for this than WebAssembly.
{
  const root = document.documentElement;
  let isAttached = false;
  const findList = () => document.getElementById('prerendered');
  const getName = (control) => (control.ariaLabel ?? control.textContent).trim();
  /** Queries the live view: the feature's shadow root and the studio around it. */
  const queryLive = (selector) => {
    const feature = document.querySelector('.studio__feature')?.shadowRoot;
    return [feature, document].flatMap((scope) => (scope ? [...scope.querySelectorAll(selector)] : []));
  };
  /** Returns a function that finds the same control in the live view, by its tag and accessible name. */
  const locate = (control) => {
    if (!control) return () => {};
    // Some buttons of the live view are links in the prerendered one.
    const tag = control.localName === 'a' ? 'a, button' : control.localName;
    const name = getName(control);
    return () => queryLive(tag).find((candidate) => getName(candidate) === name);
  };

  /** The maximum age of the embedded responses, in ms. Later requests go to the backend. */
  const MAX_AGE = 30_000;
  const getAnswers = () => [...document.querySelectorAll('[data-answer]')];
  const expire = () => {
    for (const answer of getAnswers()) answer.remove();
  };
  /** The backend and the program compute the start of a time span that ends now at different times. */
  const withoutTime = (url) => url.replace(/active_since=[^&]*/, '');
  setTimeout(expire, MAX_AGE);

  window.prerenderedList = {
    /**
     * Waits for the list that `list.js` is fetching, and stops `list.js`. It waits once: who types on gets the next list
     * from the program.
     */
    async take() {
      if (root.dataset.prerendered !== undefined) {
        await new Promise((done) =>
          new MutationObserver(done).observe(root, { attributeFilter: ['data-prerendered'] }),
        );
      }
      root.dataset.program = 'on';
      if (Date.now() - (root.dataset.at ?? performance.timeOrigin) > MAX_AGE) expire();
    },

    /** Returns the number of rows that are scrolled out of view, once. Returns nothing without a list. */
    attach() {
      if (!findList() || isAttached) return;
      isAttached = true;
      const rows = document.querySelector('#prerendered .users-table__body');
      const [first, second] = rows?.children ?? [];
      return second ? rows.scrollTop / (second.offsetTop - first.offsetTop) : 0;
    },

    /** Takes the embedded response to a request inside an impersonation, or, for an empty `view`, outside. */
    answer(url, view) {
      const answer = getAnswers().find(
        ({ dataset }) => withoutTime(dataset.answer) === withoutTime(url) && (dataset.view ?? '') === view,
      );
      answer?.remove();
      return answer?.textContent;
    },

    /** Discards the embedded responses. */
    expire,

    /** Removes the list, because the page shows another screen. */
    remove() {
      findList()?.remove();
      // The style sheet, and the live region of `list.js`.
      for (const element of document.querySelectorAll(':is(style, output)[data-prerendered]')) element.remove();
    },

    /** Replaces the list by the live view. Keeps the text and the caret of the search, the focus, and a click. */
    handOver() {
      const list = findList();
      if (!list) return;
      const field = list.querySelector('[type=search]');
      const { value, selectionStart, selectionEnd } = field;
      const focused = list.contains(document.activeElement) ? document.activeElement : undefined;
      const popover = list.querySelector(':popover-open');
      // A click on its button opens the same filter.
      const clicked = list.querySelector(popover ? `[popovertarget=${popover.id}]` : '[data-clicked]');
      const [findFocused, findClicked] = [focused, clicked].map(locate);
      this.remove();
      // The prerendered panel was there before, so the live one does not slide in.
      for (const panel of queryLive('.user-panel')) for (const animation of panel.getAnimations()) animation.finish();

      const [live] = queryLive('input[type=search]');
      if (live && live.value !== value) {
        live.value = value;
        live.dispatchEvent(new Event('input', { bubbles: true }));
      }
      if (live && focused === field) {
        live.focus();
        live.setSelectionRange(selectionStart, selectionEnd);
      }
      // The live rows exist after they have been measured, within this frame.
      requestAnimationFrame(() =>
        requestAnimationFrame(() => {
          if (focused !== field) findFocused()?.focus();
          findClicked()?.click();
        }),
      );
    },
  };
}

// The custom element <studio-users>, and mount() for whoever would rather call a function. The feature itself is a
// module of WebAssembly, loaded once by the first element of a page; a module of WebAssembly cannot define an element.
//
// docs/embedding.md of the project tells how to use it; studio-users.d.ts has the types.

/** @import * as Types from './studio-users.d.ts' */
/** @import { HostOptions, Instance } from './studio-users-module.d.ts' */

/** The module that wasm-bindgen made, and its WebAssembly. The build gives both names with a hash, where it can. */
const glue = () => import('./studio-users-module.js');
const wasm = new URL('./studio-users-module_bg.wasm', import.meta.url);

/**
 * Attributes, by the properties that they are told to the module as.
 *
 * @type {Record<string, Exclude<keyof HostOptions, 'tokenProvider'>>}
 */
const OPTIONS = {
  'api-base': 'apiBase',
  locale: 'locale',
  theme: 'theme',
  environment: 'environment',
  user: 'user',
  routing: 'routing',
  'base-path': 'basePath',
};

/** What is said before the module, and with it the catalogue of texts, is there. */
const ENGLISH = {
  title: 'The users could not be loaded',
  text: 'Check the connection, and try again.',
  retry: 'Try again',
};
/** @type {Record<string, typeof ENGLISH>} */
const TEXTS = {
  nl: {
    title: 'De gebruikers konden niet worden geladen',
    text: 'Controleer de verbinding en probeer het opnieuw.',
    retry: 'Opnieuw proberen',
  },
};

/** @type {ReturnType<typeof start> | undefined} */
let loading;

/** Loads the module, once; after a failure the next call tries again. With its memory, for whoever measures that. */
export function load() {
  loading ??= start().catch((error) => {
    loading = undefined;
    throw error;
  });
  return loading;
}

async function start() {
  // Both at once: the one says how to run the other.
  const [module, binary] = await Promise.all([glue(), fetch(wasm)]);
  if (!binary.ok) throw new Error(`${wasm} answered ${binary.status}`);
  const { memory } = await module.default({ module_or_path: binary });
  // A panic says so itself. What ends a module without one (no memory, no stack) is noticed here.
  const noticed = (/** @type {unknown} */ error) => {
    const isOurs = error instanceof WebAssembly.RuntimeError && /studio-users-module/.test(error.stack ?? '');
    if (isOurs) attempt(() => module.crashed(String(error)));
  };
  window.addEventListener('error', ({ error }) => noticed(error));
  window.addEventListener('unhandledrejection', ({ reason }) => noticed(reason));
  return { Instance: module.Instance, memory };
}

/**
 * Does something of which nothing is left to save where it fails.
 *
 * @template T
 * @param {() => T} action
 * @returns {T | undefined}
 */
function attempt(action) {
  try {
    return action();
  } catch (error) {
    console.error(error);
  }
}

/** @implements {Types.StudioUsersElement} */
export class StudioUsersElement extends HTMLElement {
  static observedAttributes = Object.keys(OPTIONS);

  /** @type {Awaited<ReturnType<typeof start>> | undefined} */
  #module;
  /** @type {Instance | undefined} */
  #instance;
  #isLoading = false;
  /** @type {Types.StudioUsersTokenProvider | undefined} */
  #tokenProvider;
  /**
   * What was asked for before the module was there.
   *
   * @type {((instance: Instance) => void)[]}
   */
  #waiting = [];

  /** Gives the session's token: called before each request, and after one that was refused with its token. */
  get tokenProvider() {
    return this.#tokenProvider;
  }

  set tokenProvider(provider) {
    this.#tokenProvider = provider ?? undefined;
    this.#again();
  }

  /** The view that runs in this tab, or null. */
  get view() {
    return this.#call((instance) => instance.view) ?? null;
  }

  /** Where in the element the reader is, or null before it is there. */
  get place() {
    return this.#call((instance) => instance.place) ?? null;
  }

  /** Whether something that the reader entered would be lost with the element: ask them before taking it away. */
  get hasUnsavedChanges() {
    return this.#call((instance) => instance.hasUnsavedChanges) ?? false;
  }

  /** Asks the backend anew: who is signed in, and what there is. What waited for a session goes on. */
  refresh() {
    this.#ask((instance) => instance.refresh());
  }

  /**
   * Opens a user's panel, on a tab; without a user, closes it.
   *
   * @param {string | null} [user]
   * @param {Types.StudioUsersTab | null} [tab]
   */
  open(user, tab) {
    this.#ask((instance) => instance.open(user ?? undefined, tab ?? undefined));
  }

  /** Opens the dialog that invites people. */
  invite() {
    this.#ask((instance) => instance.invite());
  }

  connectedCallback() {
    // A property that was set before the element was defined hides the one of the class.
    if (Object.hasOwn(this, 'tokenProvider')) {
      const provider = this.tokenProvider;
      delete this.tokenProvider;
      this.#tokenProvider = provider;
    }
    void this.#begin();
  }

  disconnectedCallback() {
    // Whoever moves an element takes it out and puts it in again: that is no reason to begin anew.
    queueMicrotask(() => {
      if (!this.isConnected) this.#end();
    });
  }

  // Where the browser can move an element as it is (moveBefore), nothing has to happen.
  connectedMoveCallback() {}

  /**
   * @param {string} name
   * @param {string | null} before
   * @param {string | null} now
   */
  attributeChangedCallback(name, before, now) {
    if (before === now || !this.#instance) return;
    const value = now ?? undefined;
    if (name === 'locale') this.#call((instance) => instance.setLocale(this.#locale()));
    else if (name === 'theme') this.#call((instance) => instance.setTheme(value));
    else if (name === 'environment') this.#call((instance) => instance.focusEnvironment(value));
    else if (name === 'user') this.#call((instance) => instance.open(value, undefined));
    else this.#again();
  }

  async #begin() {
    if (this.#instance || this.#isLoading) return;
    this.#isLoading = true;
    try {
      this.#module = await load();
    } catch (error) {
      this.#isLoading = false;
      if (this.isConnected) this.#failed(error);
      return;
    }
    this.#isLoading = false;
    if (!this.isConnected) return;
    this.#mount();
    for (const action of this.#waiting.splice(0)) this.#call(action);
  }

  #mount() {
    const module = this.#module;
    if (!module) return;
    /** @type {HostOptions} */
    const options = { tokenProvider: this.#tokenProvider };
    for (const [attribute, property] of Object.entries(OPTIONS)) {
      options[property] = this.getAttribute(attribute) ?? undefined;
    }
    options.locale = this.#locale();
    this.shadowRoot?.replaceChildren();
    this.#instance = attempt(() => module.Instance.mount(this, options));
  }

  #end() {
    const instance = this.#instance;
    this.#instance = undefined;
    this.#waiting.length = 0;
    if (instance) attempt(() => instance.free());
  }

  /** Another backend, another session or another way to keep the place: all begins anew. */
  #again() {
    if (!this.#instance) return;
    this.#end();
    this.#mount();
  }

  /**
   * @template T
   * @param {(instance: Instance) => T} action
   */
  #call(action) {
    const instance = this.#instance;
    return instance && attempt(() => action(instance));
  }

  /** @param {(instance: Instance) => void} action */
  #ask(action) {
    if (this.#instance) this.#call(action);
    else this.#waiting.push(action);
  }

  /** The language that is asked for: of the element, of what is around it, or else of the browser. */
  #locale() {
    return (
      this.getAttribute('locale') ??
      /** @type {HTMLElement | null} */ (this.closest('[lang]'))?.lang ??
      navigator.language
    );
  }

  /**
   * Says that the module could not be loaded, without it.
   *
   * @param {unknown} error
   */
  #failed(error) {
    const texts = TEXTS[this.#locale().slice(0, 2).toLowerCase()] ?? ENGLISH;
    const root = this.shadowRoot ?? this.attachShadow({ mode: 'open' });
    const make = (/** @type {string} */ name, /** @type {string} */ text) =>
      Object.assign(document.createElement(name), { textContent: text });
    const panel = make('div', '');
    const button = Object.assign(make('button', texts.retry), { type: 'button' });
    panel.setAttribute('role', 'alert');
    panel.setAttribute('part', 'failed');
    button.addEventListener('click', () => {
      root.replaceChildren();
      void this.#begin();
    });
    panel.append(make('h2', texts.title), make('p', texts.text), button);
    root.replaceChildren(panel);
    const detail = { kind: 'load', message: String(error) };
    this.dispatchEvent(new CustomEvent('su-error', { bubbles: true, composed: true, detail }));
  }
}

/** The element's name. Where another copy of this file has defined it, that one is used. */
const NAME = 'studio-users';
if (!customElements.get(NAME)) customElements.define(NAME, StudioUsersElement);

/**
 * Puts the feature into an element of the page, and gives what is needed to deal with it and to take it out again.
 *
 * @param {Element} target
 * @param {Types.StudioUsersOptions} [options]
 * @returns {Types.MountedStudioUsers}
 */
export function mount(target, { on = {}, tokenProvider, ...options } = {}) {
  const element = document.createElement(NAME);
  for (const [attribute, property] of Object.entries(OPTIONS)) {
    if (options[property] != null) element.setAttribute(attribute, options[property]);
  }
  if (tokenProvider) element.tokenProvider = tokenProvider;
  for (const [event, listener] of Object.entries(on)) {
    const name = event.replace(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`);
    element.addEventListener(`su-${name}`, /** @type {EventListener} */ (listener));
  }
  target.append(element);
  return { element, unmount: () => element.remove() };
}

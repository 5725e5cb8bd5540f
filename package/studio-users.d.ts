/** A tab of a user's panel. */
export type StudioUsersTab = 'details' | 'access' | 'audit-log';

/** A user. */
export interface StudioUsersPerson {
  /** The id of the user, a UUID. */
  readonly id: string;
  /** The name; null until the user has entered one. */
  readonly name: string | null;
  /** The e-mail address. */
  readonly email: string;
}

/** An impersonation: this tab views the studio as another user. */
export interface StudioUsersView {
  /** The id of the view, for the header `Studio-View` of the host's own requests. */
  readonly id: string;
  /** The impersonated user. */
  readonly user: StudioUsersPerson;
  /** The reason that the current user entered. */
  readonly reason: string;
  /** The expiry, as an RFC 3339 timestamp by this browser's clock. */
  readonly expiresAt: string;
}

/** The reason for the end of a view. */
export type StudioUsersViewEndReason = 'exited' | 'expired' | 'conditions_lost' | 'signed_out' | 'replaced' | 'unknown';

/** The current route of the element. */
export interface StudioUsersPlace {
  readonly page: 'users' | 'roles';
  /** The id of the user whose panel is open. */
  readonly user: string | null;
  /** The selected tab of the panel. */
  readonly tab: StudioUsersTab | null;
  /** The id of the environment in focus. */
  readonly environment: string | null;
  /** The URL, from the root of the origin; null if `routing` is `memory`. */
  readonly url: string | null;
  /** Whether the URL replaces the current history entry. */
  readonly replace: boolean;
}

/** A failure: the module did not load, the backend does not respond, or the module has crashed. */
export interface StudioUsersFailure {
  readonly kind: 'load' | 'backend' | 'crash';
  /** A description for developers. The element shows the user a message of its own. */
  readonly message: string;
}

/** The events of the element. All of them bubble. */
export interface StudioUsersEventMap {
  /** A user is signed in and the feature is shown. */
  'su-ready': CustomEvent<{ readonly user: StudioUsersPerson }>;
  /**
   * The route changes. With `routing="url"` the event is dispatched before the URL is written and is cancelable. A host
   * that cancels it writes the URL itself, with its own router.
   */
  'su-navigate': CustomEvent<StudioUsersPlace>;
  /** An impersonation has started in this tab. */
  'su-view-start': CustomEvent<StudioUsersView>;
  /** The impersonation has ended. */
  'su-view-end': CustomEvent<{
    readonly id: string;
    readonly user: StudioUsersPerson;
    readonly reason: StudioUsersViewEndReason | null;
  }>;
  /** No user is signed in, or the session has expired. Sign the user in and call `refresh()`. */
  'su-signed-out': CustomEvent<Record<string, never>>;
  /** The feature cannot be shown. */
  'su-error': CustomEvent<StudioUsersFailure>;
}

/**
 * Returns the session's token, or null if no user is signed in. It is called before each request, and once more with a
 * token that the backend refused (401).
 */
export type StudioUsersTokenProvider = (refused?: string) => string | null | Promise<string | null>;

/** The custom element `<studio-users>`: user management for a studio. */
export class StudioUsersElement extends HTMLElement {
  /** Provides the session's token. Without it, the session is a cookie of the page's own origin. */
  tokenProvider: StudioUsersTokenProvider | undefined;
  /** The active impersonation of this tab. */
  readonly view: StudioUsersView | null;
  /** The current route; null until the module is loaded. */
  readonly place: StudioUsersPlace | null;
  /** Whether removing the element would lose unsaved changes. Ask the user before you remove it. */
  readonly hasUnsavedChanges: boolean;
  /** Refetches the session and all data. Requests that wait for a session are retried. */
  refresh(): void;
  /** Opens a user's panel. Without a user, closes the panel. */
  open(user?: string | null, tab?: StudioUsersTab | null): void;
  /** Opens the invitation dialog. */
  invite(): void;

  addEventListener<K extends keyof StudioUsersEventMap>(
    type: K,
    listener: (this: StudioUsersElement, event: StudioUsersEventMap[K]) => unknown,
    options?: boolean | AddEventListenerOptions,
  ): void;
  addEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | AddEventListenerOptions,
  ): void;
  removeEventListener<K extends keyof StudioUsersEventMap>(
    type: K,
    listener: (this: StudioUsersElement, event: StudioUsersEventMap[K]) => unknown,
    options?: boolean | EventListenerOptions,
  ): void;
  removeEventListener(
    type: string,
    listener: EventListenerOrEventListenerObject,
    options?: boolean | EventListenerOptions,
  ): void;
}

/** The options: the element's attributes, its token provider and event listeners. */
export interface StudioUsersOptions {
  /** The base URL of the backend, without `/api/v1`. Default: the page's own origin. */
  apiBase?: string;
  /** `en` or `nl`. Default: the language of the host page. */
  locale?: string;
  /** `system` follows the operating system. Default: the `color-scheme` of the host page. */
  theme?: 'light' | 'dark' | 'system';
  /** The id of the environment in focus. */
  environment?: string;
  /** The id of the user whose panel is open. */
  user?: string;
  /** Where the route is kept: in memory (the default), or in the URL below `basePath`. */
  routing?: 'memory' | 'url';
  /** The base path for the feature's routes, such as `/team/users`. */
  basePath?: string;
  tokenProvider?: StudioUsersTokenProvider;
  /** Event listeners, by the name of the event without `su-`, in camel case. */
  on?: {
    ready?: (event: StudioUsersEventMap['su-ready']) => unknown;
    navigate?: (event: StudioUsersEventMap['su-navigate']) => unknown;
    viewStart?: (event: StudioUsersEventMap['su-view-start']) => unknown;
    viewEnd?: (event: StudioUsersEventMap['su-view-end']) => unknown;
    signedOut?: (event: StudioUsersEventMap['su-signed-out']) => unknown;
    error?: (event: StudioUsersEventMap['su-error']) => unknown;
  };
}

/** A mounted feature. */
export interface MountedStudioUsers {
  /** The custom element. */
  readonly element: StudioUsersElement;
  /** Removes the element. */
  unmount(): void;
}

/** Mounts the feature into an element of the page. */
export function mount(target: Element, options?: StudioUsersOptions): MountedStudioUsers;

/** Preloads the module. All elements of a page share it. */
export function load(): Promise<{ readonly memory: WebAssembly.Memory }>;

declare global {
  interface HTMLElementTagNameMap {
    'studio-users': StudioUsersElement;
  }
}

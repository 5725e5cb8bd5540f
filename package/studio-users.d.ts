/** A tab of a user's panel. */
export type StudioUsersTab = 'details' | 'access' | 'audit-log';

/** Somebody. */
export interface StudioUsersPerson {
  /** Their id, a UUID. */
  readonly id: string;
  /** Their name; null until they have given one. */
  readonly name: string | null;
  /** Their e-mail address. */
  readonly email: string;
}

/** That this tab views the studio as somebody. */
export interface StudioUsersView {
  /** Its id: what the host's own requests carry in the header `Studio-View`. */
  readonly id: string;
  /** As whom. */
  readonly user: StudioUsersPerson;
  /** Why it was begun. */
  readonly reason: string;
  /** When it ends by itself, as an RFC 3339 time by this browser's clock. */
  readonly expiresAt: string;
}

/** Why a view ended. */
export type StudioUsersViewEndReason = 'exited' | 'expired' | 'conditions_lost' | 'signed_out' | 'replaced' | 'unknown';

/** Where in the element the reader is. */
export interface StudioUsersPlace {
  readonly page: 'users' | 'roles';
  /** The id of the user whose panel is open. */
  readonly user: string | null;
  /** The tab of it. */
  readonly tab: StudioUsersTab | null;
  /** The id of the environment in focus. */
  readonly environment: string | null;
  /** The address, from the root of the origin; null where `routing` is `memory`. */
  readonly url: string | null;
  /** Whether the address takes the place of the one before. */
  readonly replace: boolean;
}

/** What cannot be shown: the module was not loaded, the backend does not answer, or the module has crashed. */
export interface StudioUsersFailure {
  readonly kind: 'load' | 'backend' | 'crash';
  /** For whoever looks after the host; the reader is told in words of their own. */
  readonly message: string;
}

/** The events of the element. All of them bubble. */
export interface StudioUsersEventMap {
  /** Somebody is signed in, and the feature is there for them. */
  'su-ready': CustomEvent<{ readonly user: StudioUsersPerson }>;
  /**
   * The reader goes somewhere. With `routing="url"` this comes before the address is written, and can then be
   * cancelled: by a host that writes the address itself, with its own router.
   */
  'su-navigate': CustomEvent<StudioUsersPlace>;
  /** This tab views as somebody from now on. */
  'su-view-start': CustomEvent<StudioUsersView>;
  /** It does so no longer. */
  'su-view-end': CustomEvent<{
    readonly id: string;
    readonly user: StudioUsersPerson;
    readonly reason: StudioUsersViewEndReason | null;
  }>;
  /** Nobody is signed in, or not any more: sign in, and call `refresh()`. */
  'su-signed-out': CustomEvent<Record<string, never>>;
  /** Something cannot be shown. */
  'su-error': CustomEvent<StudioUsersFailure>;
}

/**
 * Gives the session's token, or null where nobody is signed in. It is called before each request; once more with the
 * token that the backend refused.
 */
export type StudioUsersTokenProvider = (refused?: string) => string | null | Promise<string | null>;

/** The users of a studio, as `<studio-users>`. */
export class StudioUsersElement extends HTMLElement {
  /** Gives the session's token. Without one, the cookie of the page's own origin is the session. */
  tokenProvider: StudioUsersTokenProvider | undefined;
  /** The view that runs in this tab. */
  readonly view: StudioUsersView | null;
  /** Where the reader is; null until the element is there. */
  readonly place: StudioUsersPlace | null;
  /** Whether something that the reader entered would be lost with the element: ask them before taking it away. */
  readonly hasUnsavedChanges: boolean;
  /** Asks the backend anew: who is signed in, and what there is. What waited for a session goes on. */
  refresh(): void;
  /** Opens a user's panel; without a user, closes it. */
  open(user?: string | null, tab?: StudioUsersTab | null): void;
  /** Opens the dialog that invites people. */
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

/** How the feature is wanted: the element's attributes, and its token provider. */
export interface StudioUsersOptions {
  /** Where the backend is, without `/api/v1`; by default the page's own origin. */
  apiBase?: string;
  /** `en` or `nl`; by default the language of the page around. */
  locale?: string;
  /** `system` follows the system; by default the colours are those of the page around (its `color-scheme`). */
  theme?: 'light' | 'dark' | 'system';
  /** The id of the environment in focus. */
  environment?: string;
  /** The id of the user whose panel is open. */
  user?: string;
  /** Where the place is kept: in memory (the default), or in the address below `basePath`. */
  routing?: 'memory' | 'url';
  /** The path of the host's page that is the feature's, such as `/team/users`. */
  basePath?: string;
  tokenProvider?: StudioUsersTokenProvider;
  /** Listeners, by the events' names without `su-`, in camel case. */
  on?: {
    ready?: (event: StudioUsersEventMap['su-ready']) => unknown;
    navigate?: (event: StudioUsersEventMap['su-navigate']) => unknown;
    viewStart?: (event: StudioUsersEventMap['su-view-start']) => unknown;
    viewEnd?: (event: StudioUsersEventMap['su-view-end']) => unknown;
    signedOut?: (event: StudioUsersEventMap['su-signed-out']) => unknown;
    error?: (event: StudioUsersEventMap['su-error']) => unknown;
  };
}

/** The feature in an element of the page. */
export interface MountedStudioUsers {
  /** The element that was put there. */
  readonly element: StudioUsersElement;
  /** Takes it out again. */
  unmount(): void;
}

/** Puts the feature into an element of the page. */
export function mount(target: Element, options?: StudioUsersOptions): MountedStudioUsers;

/** Loads the module before it is needed; the elements of a page share one. */
export function load(): Promise<{ readonly memory: WebAssembly.Memory }>;

declare global {
  interface HTMLElementTagNameMap {
    'studio-users': StudioUsersElement;
  }
}

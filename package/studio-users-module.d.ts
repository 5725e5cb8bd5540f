// Types of the module that wasm-bindgen generates from src/element.rs, for the type check of studio-users.js. The
// package does not contain this file.
import type { StudioUsersPlace, StudioUsersTokenProvider, StudioUsersView } from './studio-users.d.ts';

/** The options of `Instance.mount`: `HostOptions` in src/element.rs. */
export interface HostOptions {
  apiBase?: string;
  locale?: string;
  theme?: string;
  environment?: string;
  user?: string;
  routing?: string;
  basePath?: string;
  tokenProvider?: StudioUsersTokenProvider;
}

export class Instance {
  private constructor();
  static mount(host: HTMLElement, options: HostOptions): Instance | undefined;
  free(): void;
  setLocale(locale: string | undefined): void;
  adoptStyles(): void;
  setTheme(theme: string | undefined): void;
  focusEnvironment(id: string | undefined): void;
  open(user: string | undefined, tab: string | undefined): void;
  invite(): void;
  refresh(): void;
  readonly hasUnsavedChanges: boolean;
  readonly view: StudioUsersView | null;
  readonly place: StudioUsersPlace | null;
}

export function crashed(message: string): void;

/** Instantiates the WebAssembly. */
export default function init(input: { module_or_path: Response }): Promise<{ readonly memory: WebAssembly.Memory }>;

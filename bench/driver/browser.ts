import { type Browser, type BrowserContext, type CDPSession, chromium, type Page as Tab } from 'playwright-core';
import type { Backend } from './backend.ts';
import type { Page } from './pages/index.ts';
import { Trace } from './trace.ts';
import { type Wanted, watch } from './watch.ts';

/** What the browser is slowed down to. */
export type Profile = 'full' | 'slow';

export const PROFILES: Record<Profile, string> = {
  full: 'full speed',
  slow: 'processor 4 times slower, 1.6 Mbit/s, 150 ms',
};

const CATEGORIES = ['blink.user_timing', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
const FRAMES = 'disabled-by-default-devtools.timeline.frame';
export const VIEWPORT = { width: 1440, height: 900 };
/** A page that needs longer than this for anything does not do it. */
const PATIENCE = 20_000;

export async function launch(executablePath: string): Promise<Browser> {
  const isRoot = process.getuid?.() === 0;
  return chromium.launch({
    executablePath,
    args: [
      '--disable-gpu',
      '--disable-quic',
      '--no-first-run',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      // Chromium's own sandbox refuses to run as root, as which containers run.
      ...(isRoot ? ['--no-sandbox'] : []),
    ],
  });
}

/** A call of the page. */
export interface Call {
  url: string;
  /** When it left and when all of it had come, on the browser's clock, in s. */
  sent: number;
  came: number;
  bytes: number;
}

/** A page open in a new profile, in which somebody is signed in. */
export class Visit {
  readonly page: Page;
  readonly backend: Backend;
  readonly tab: Tab;
  readonly devtools: CDPSession;
  readonly calls = new Map<string, Call>();
  #browser: Browser;
  #context: BrowserContext;

  private constructor(
    browser: Browser,
    context: BrowserContext,
    tab: Tab,
    devtools: CDPSession,
    backend: Backend,
    page: Page,
  ) {
    [this.#browser, this.#context] = [browser, context];
    [this.tab, this.devtools, this.backend, this.page] = [tab, devtools, backend, page];
  }

  /** Opens nothing yet. `first` is waited for from the beginning of the navigation. */
  static async begin(
    browser: Browser,
    backend: Backend,
    page: Page,
    profile: Profile,
    first: Record<string, Wanted>,
  ): Promise<Visit> {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' });
    context.setDefaultTimeout(PATIENCE);
    await context.addCookies([{ ...backend.cookie, url: backend.url }]);
    await context.addInitScript(watch, first);
    const tab = await context.newPage();
    const devtools = await context.newCDPSession(tab);
    const visit = new Visit(browser, context, tab, devtools, backend, page);
    if (profile === 'slow') {
      await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
      const speed = (1.6 * 1e6) / 8;
      await devtools.send('Network.enable');
      await devtools.send('Network.emulateNetworkConditions', {
        offline: false,
        latency: 150,
        downloadThroughput: speed,
        uploadThroughput: speed,
      });
    }
    return visit;
  }

  /** Notes what is fetched. */
  async listen(): Promise<void> {
    await this.devtools.send('Network.enable');
    this.devtools.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
      this.calls.set(requestId, { url: request.url, sent: timestamp, came: Infinity, bytes: 0 });
    });
    this.devtools.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
      Object.assign(this.calls.get(requestId) ?? {}, { came: timestamp, bytes: encodedDataLength });
    });
  }

  async open(): Promise<void> {
    await this.tab.goto(this.backend.url + this.page.path, { waitUntil: 'commit' });
  }

  async trace(withFrames = false): Promise<void> {
    await this.#browser.startTracing(this.tab, { categories: withFrames ? [...CATEGORIES, FRAMES] : CATEGORIES });
  }

  async traced(): Promise<Trace> {
    return new Trace(await this.#browser.stopTracing());
  }

  async end(): Promise<void> {
    await this.#context.close();
  }

  /** Does something, and waits until what is wanted has been painted. */
  async interact(id: string, input: 'keydown' | 'click', wanted: Wanted, act: () => Promise<void>): Promise<void> {
    const is = await this.tab.evaluate(
      ([id, wanted, input]) => {
        if (window.bench.holds(wanted)) return true;
        window.bench.arm(id, wanted, input);
        return false;
      },
      [id, wanted, input] as const,
    );
    if (is) throw new Error(`${this.page.name}, ${id}: what is waited for is there already`);
    await act();
    await this.done(id);
  }

  /** Whether what is wanted comes of something within a few seconds. */
  async comes(id: string, wanted: Wanted, act: () => Promise<void>): Promise<boolean> {
    await this.tab.evaluate(([id, wanted]) => window.bench.arm(id, wanted), [id, wanted] as const);
    await act();
    return this.#patiently(
      id,
      this.tab.evaluate((id) => window.bench.done(id), id),
      5_000,
    ).then(
      () => true,
      () => false,
    );
  }

  /** Waits until it has come, and the browser has nothing left to paint. */
  async done(id: string): Promise<void> {
    await this.#patiently(
      id,
      this.tab.evaluate((id) => window.bench.done(id), id),
    );
    await this.settle();
  }

  /** Waits until its first rows have come and its program has, so that it can be worked with. */
  async ready(): Promise<void> {
    const { drawn, patience } = this.page;
    await this.#patiently(
      'rows',
      this.tab.evaluate(() => window.bench.done('rows')),
      patience,
    );
    await this.settle();
    if (drawn) await this.tab.waitForFunction((drawn) => !window.bench.find(drawn), drawn);
  }

  /** Waits until it has come, and no longer. */
  async came(id: string): Promise<void> {
    await this.#patiently(
      id,
      this.tab.evaluate((id) => window.bench.done(id), id),
    );
  }

  async settle(): Promise<void> {
    await this.tab.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)))),
    );
  }

  /** The middle of an element, which is shown. */
  async middle(selector: string): Promise<{ x: number; y: number }> {
    return this.tab.evaluate((selector) => {
      const element = window.bench.find(selector);
      if (!element) throw new Error(`there is no ${selector}`);
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }, selector);
  }

  async click(selector: string): Promise<void> {
    const { x, y } = await this.middle(selector);
    await this.tab.mouse.click(x, y);
  }

  async #patiently(what: string, coming: Promise<void>, patience = PATIENCE): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const late = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.page.name}: ${what} did not come`)), patience);
    });
    coming.catch(() => {});
    await Promise.race([coming, late]).finally(() => clearTimeout(timer));
  }
}

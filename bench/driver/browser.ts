import { type Browser, type BrowserContext, type CDPSession, chromium, type Page as Tab } from 'playwright-core';
import type { Backend } from './backend.ts';
import type { Page } from './pages/index.ts';
import { type Expectation, installProbe } from './probe.ts';
import { Trace } from './trace.ts';

/** How the browser is throttled. */
export type Profile = 'full' | 'cpu' | 'slow';

export const PROFILES: Record<Profile, string> = {
  full: 'full speed',
  cpu: 'processor 4 times slower',
  slow: 'processor 4 times slower, 1.6 Mbit/s, 150 ms',
};

const CATEGORIES = ['blink.user_timing', 'devtools.timeline', 'disabled-by-default-devtools.timeline'];
const FRAMES = 'disabled-by-default-devtools.timeline.frame';
export const VIEWPORT = { width: 1440, height: 900 };
/** The time limit of every step, in milliseconds. */
const TIMEOUT = 20_000;

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
      // Containers run as root, and Chromium's sandbox refuses to run as root.
      ...(isRoot ? ['--no-sandbox'] : []),
    ],
  });
}

/** A network request of the page. */
export interface NetworkRequest {
  url: string;
  /** The start and the end of the request on the browser's clock, in seconds. */
  sentAt: number;
  finishedAt: number;
  /** The bytes on the network, with headers. */
  bytes: number;
}

/** A tab in a new browser profile with an administrator's session. */
export class Visit {
  readonly page: Page;
  readonly backend: Backend;
  readonly tab: Tab;
  readonly devtools: CDPSession;
  readonly requests = new Map<string, NetworkRequest>();
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

  /** Creates the tab without opening the page. The probe waits for `initial` from the start of the navigation. */
  static async create(
    browser: Browser,
    backend: Backend,
    page: Page,
    profile: Profile,
    initial: Record<string, Expectation>,
  ): Promise<Visit> {
    const context = await browser.newContext({ viewport: VIEWPORT, locale: 'en-GB', timezoneId: 'Europe/Amsterdam' });
    context.setDefaultTimeout(TIMEOUT);
    await context.addCookies([{ ...backend.cookie, url: backend.url }]);
    await context.addInitScript(installProbe, initial);
    const tab = await context.newPage();
    const devtools = await context.newCDPSession(tab);
    const visit = new Visit(browser, context, tab, devtools, backend, page);
    if (profile !== 'full') await devtools.send('Emulation.setCPUThrottlingRate', { rate: 4 });
    if (profile === 'slow') {
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

  /** Switches WebAssembly off in the next pages, as Safari does in Lockdown Mode. */
  async removeWebAssembly(): Promise<void> {
    await this.#context.addInitScript(() => {
      Reflect.deleteProperty(globalThis, 'WebAssembly');
    });
  }

  /** Waits until a time after the start of the navigation, in ms. */
  async waitUntil(time: number): Promise<void> {
    await this.tab.evaluate(
      (time) => new Promise((done) => setTimeout(done, Math.max(0, time - performance.now()))),
      time,
    );
  }

  /** Records the network requests of the page. */
  async recordRequests(): Promise<void> {
    await this.devtools.send('Network.enable');
    this.devtools.on('Network.requestWillBeSent', ({ requestId, request, timestamp }) => {
      this.requests.set(requestId, { url: request.url, sentAt: timestamp, finishedAt: Infinity, bytes: 0 });
    });
    this.devtools.on('Network.loadingFinished', ({ requestId, timestamp, encodedDataLength }) => {
      Object.assign(this.requests.get(requestId) ?? {}, { finishedAt: timestamp, bytes: encodedDataLength });
    });
  }

  async open(): Promise<void> {
    await this.tab.goto(this.backend.url + this.page.path, { waitUntil: 'commit' });
  }

  async startTrace(withFrames = false): Promise<void> {
    await this.#browser.startTracing(this.tab, { categories: withFrames ? [...CATEGORIES, FRAMES] : CATEGORIES });
  }

  async stopTrace(): Promise<Trace> {
    return new Trace(await this.#browser.stopTracing());
  }

  async close(): Promise<void> {
    await this.#context.close();
  }

  /** Performs an action and waits until the expected result is painted. */
  async interact(
    id: string,
    input: 'keydown' | 'click',
    expectation: Expectation,
    act: () => Promise<void>,
  ): Promise<void> {
    const holdsAlready = await this.tab.evaluate(
      ([id, expectation, input]) => {
        if (window.bench.holds(expectation)) return true;
        window.bench.expect(id, expectation, input);
        return false;
      },
      [id, expectation, input] as const,
    );
    if (holdsAlready) throw new Error(`${this.page.name}, ${id}: the expectation holds before the action`);
    await act();
    await this.waitUntilPainted(id);
  }

  /** Performs an action. Returns whether the expectation holds within five seconds. */
  async tryInteraction(id: string, expectation: Expectation, act: () => Promise<void>): Promise<boolean> {
    await this.tab.evaluate(([id, expectation]) => window.bench.expect(id, expectation), [id, expectation] as const);
    await act();
    return this.#withTimeout(
      id,
      this.tab.evaluate((id) => window.bench.reached(id), id),
      5_000,
    ).then(
      () => true,
      () => false,
    );
  }

  /** Waits until an expectation holds and the browser has painted. */
  async waitUntilPainted(id: string): Promise<void> {
    await this.#withTimeout(
      id,
      this.tab.evaluate((id) => window.bench.reached(id), id),
    );
    await this.waitForIdle();
  }

  /** Waits until the first rows are painted and the program has replaced the prerendered page. */
  async waitUntilInteractive(): Promise<void> {
    const { prerendered, timeout } = this.page;
    await this.#withTimeout(
      'rows',
      this.tab.evaluate(() => window.bench.reached('rows')),
      timeout,
    );
    await this.waitForIdle();
    if (prerendered) await this.tab.waitForFunction((prerendered) => !window.bench.find(prerendered), prerendered);
  }

  /** Waits until an expectation holds, without waiting for paint. */
  async waitFor(id: string): Promise<void> {
    await this.#withTimeout(
      id,
      this.tab.evaluate((id) => window.bench.reached(id), id),
    );
  }

  /** Waits for two frames and another 30 ms, so that the page can finish its work. */
  async waitForIdle(): Promise<void> {
    await this.tab.evaluate(
      () => new Promise<void>((done) => requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done, 30)))),
    );
  }

  /** Returns the centre of a visible element. */
  async centerOf(selector: string): Promise<{ x: number; y: number }> {
    return this.tab.evaluate((selector) => {
      const element = window.bench.find(selector);
      if (!element) throw new Error(`There is no ${selector}.`);
      const { x, y, width, height } = element.getBoundingClientRect();
      return { x: x + width / 2, y: y + height / 2 };
    }, selector);
  }

  async click(selector: string): Promise<void> {
    const { x, y } = await this.centerOf(selector);
    await this.tab.mouse.click(x, y);
  }

  async #withTimeout(id: string, promise: Promise<void>, timeout = TIMEOUT): Promise<void> {
    let timer: NodeJS.Timeout | undefined;
    const expired = new Promise<never>((_, reject) => {
      timer = setTimeout(() => reject(new Error(`${this.page.name}: timeout while waiting for ${id}`)), timeout);
    });
    promise.catch(() => {});
    await Promise.race([promise, expired]).finally(() => clearTimeout(timer));
  }
}

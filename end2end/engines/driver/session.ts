import { writeFile } from 'node:fs/promises';
import { setTimeout as delay } from 'node:timers/promises';
import { type InPage, inPage, type Target } from './in-page.ts';
import type { Engine, RunningBrowser } from './launch.ts';
import { DriverError, type ElementReference, elementId, send } from './protocol.ts';

/** The time after which a wait fails, in ms. Generous, because WebKit is slow on a loaded machine. */
const PATIENCE = 60_000;

/** The keys by their name: https://www.w3.org/TR/webdriver2/#keyboard-actions */
const KEYS: Record<string, string> = {
  Backspace: '\uE003',
  Tab: '\uE004',
  Enter: '\uE007',
  Shift: '\uE008',
  Control: '\uE009',
  Escape: '\uE00C',
  Space: ' ',
  End: '\uE010',
  Home: '\uE011',
  ArrowUp: '\uE013',
  ArrowDown: '\uE015',
};

/** A window of a browser. */
export class Session {
  readonly engine: Engine;
  readonly #url: string;

  private constructor(engine: Engine, { session }: RunningBrowser) {
    this.engine = engine;
    this.#url = session;
  }

  /**
   * Opens a window. It is a popup: windows with a toolbar have a minimum width, which is larger than a phone. `blank` is
   * the URL of any page. A click opens the popup, because WebKit blocks other ones.
   */
  static async open(engine: Engine, browser: RunningBrowser, blank: string): Promise<Session> {
    const session = new Session(engine, browser);
    await session.goto(blank);
    await session.evaluate(() => {
      addEventListener('pointerup', () => window.open(location.href, '', 'popup,width=1280,height=800'), {
        once: true,
      });
    });
    const opener = await session.#send<string>('GET', 'window');
    await session.#clickAt({ x: 2, y: 2 });
    const popup = await session.waitFor('the popup', async () =>
      (await session.#send<string[]>('GET', 'window/handles')).find((handle) => handle !== opener),
    );
    await session.#send('DELETE', 'window');
    await session.#send('POST', 'window', { handle: popup });
    return session;
  }

  async goto(url: string): Promise<void> {
    await this.#send('POST', 'url', { url });
  }

  async back(): Promise<void> {
    await this.#send('POST', 'back');
  }

  /** Sets the size of the viewport. */
  async resize(width: number, height: number): Promise<void> {
    const rect = await this.#send<{ width: number; height: number }>('GET', 'window/rect');
    const inner = await this.evaluate(() => [innerWidth, innerHeight] as const);
    const frame = [rect.width - inner[0], rect.height - inner[1]] as const;
    await this.#send('POST', 'window/rect', { width: width + frame[0], height: height + frame[1] });
    await this.waitFor(`a viewport of ${width} × ${height}`, () =>
      this.evaluate((_, width, height) => innerWidth === width && innerHeight === height, width, height),
    );
  }

  /** Runs a function in the page. It gets the helpers of `inPage` and the arguments. */
  async evaluate<T, A extends unknown[]>(script: (page: InPage, ...args: A) => T, ...args: A): Promise<T> {
    return this.#send<T>('POST', 'execute/sync', {
      script: `return (${script})((${inPage})(), ...arguments);`,
      args,
    });
  }

  /** Waits until the page has painted what changed, and until the observers of sizes have run. */
  async waitForPaint(): Promise<void> {
    await this.#send('POST', 'execute/async', {
      script: 'const done = arguments[0]; requestAnimationFrame(() => requestAnimationFrame(() => setTimeout(done)));',
      args: [],
    });
  }

  /** Calls a function until it returns neither `false`, `null` nor `undefined`, and returns that. */
  async waitFor<T>(what: string, condition: () => Promise<T | false | null | undefined>): Promise<T> {
    const deadline = Date.now() + PATIENCE;
    let problem: unknown;
    while (true) {
      try {
        const value = await condition();
        if (value !== false && value !== null && value !== undefined) return value;
        problem = undefined;
      } catch (error) {
        // A script fails while the document is being replaced.
        if (!(error instanceof DriverError)) throw error;
        problem = error;
      }
      if (Date.now() > deadline) {
        throw new Error(`${this.engine} waited ${PATIENCE / 1000} s for ${what}`, { cause: problem });
      }
      await delay(20);
    }
  }

  /** Waits until a target is visible, and returns its text. */
  async see(target: Target): Promise<string> {
    return this.waitFor(describeTarget(target), () =>
      this.evaluate(({ find, squash }, target) => {
        const element = find(target);
        return element ? squash((element as HTMLElement).innerText) : null;
      }, target),
    );
  }

  /** Waits until no element matches a target. */
  async seeNo(target: Target): Promise<void> {
    await this.waitFor(`no ${describeTarget(target)}`, () =>
      this.evaluate(({ find }, target) => !find(target), target),
    );
  }

  /** Clicks in the middle of a target, once it no longer moves and nothing covers it. */
  async click(target: Target): Promise<void> {
    let last = '';
    const point = await this.waitFor(`a click on ${describeTarget(target)}`, async () => {
      const point = await this.evaluate(({ find, elementAt, isWithin }, target) => {
        const element = find(target);
        if (!element) return null;
        element.scrollIntoView({ block: 'nearest', inline: 'nearest' });
        const { left, top, width, height } = element.getBoundingClientRect();
        const [x, y] = [Math.round(left + width / 2), Math.round(top + height / 2)];
        const hit = elementAt(x, y);
        const isHit = isWithin(hit, element) || (element as HTMLInputElement).labels?.[0]?.contains(hit);
        return isHit ? { x, y } : null;
      }, target);
      const isStill = JSON.stringify(point) === last;
      last = JSON.stringify(point);
      return isStill && point;
    });
    await this.#clickAt(point);
  }

  /** Presses a key, or several together, such as `Control+k`. */
  async press(keys: string): Promise<void> {
    const values = keys.split('+').map((key) => KEYS[key] ?? key);
    await this.#keys([
      ...values.map((value) => ({ type: 'keyDown', value })),
      ...values.toReversed().map((value) => ({ type: 'keyUp', value })),
    ]);
  }

  /** Types a text into the focused element. */
  async type(text: string): Promise<void> {
    await this.#keys(
      [...text].flatMap((value) => [
        { type: 'keyDown', value },
        { type: 'keyUp', value },
      ]),
    );
  }

  /** Focuses a field and replaces its text. Repeats it if the page was not ready for the keys. */
  async fill(target: Target, text: string): Promise<void> {
    await this.waitFor(`${describeTarget(target)} to hold “${text}”`, async () => {
      await this.click(target);
      await this.press('Control+a');
      await this.type(text);
      await this.waitForPaint();
      return this.evaluate(({ find }, target, text) => (find(target) as HTMLInputElement).value === text, target, text);
    });
  }

  /** Returns the role and the accessible name that the engine computes for elements. */
  async accessibility(elements: ElementReference[]): Promise<string[]> {
    const names: string[] = [];
    for (const element of elements) {
      const path = `element/${elementId(element)}`;
      const role = await this.#send<string>('GET', `${path}/computedrole`);
      const name = await this.#send<string>('GET', `${path}/computedlabel`);
      names.push(`${role} “${name.replace(/\s+/g, ' ').trim()}”`);
    }
    return names;
  }

  async screenshot(file: string): Promise<void> {
    await writeFile(file, await this.#send<string>('GET', 'screenshot'), 'base64');
  }

  async deleteCookies(): Promise<void> {
    await this.#send('DELETE', 'cookie');
  }

  async #clickAt(point: { x: number; y: number }): Promise<void> {
    await this.#actions({
      type: 'pointer',
      id: 'mouse',
      parameters: { pointerType: 'mouse' },
      actions: [
        { type: 'pointerMove', origin: 'viewport', duration: 0, ...point },
        { type: 'pointerDown', button: 0 },
        { type: 'pointerUp', button: 0 },
      ],
    });
  }

  #keys(actions: object[]): Promise<void> {
    return this.#actions({ type: 'key', id: 'keyboard', actions });
  }

  async #actions(source: object): Promise<void> {
    await this.#send('POST', 'actions', { actions: [source] });
  }

  #send<T>(method: 'GET' | 'POST' | 'DELETE', path: string, body?: object): Promise<T> {
    return send<T>(`${this.#url}/${path}`, method, body);
  }
}

function describeTarget({ role, name, selector, within }: Target): string {
  const label = typeof name === 'object' ? `/${name.pattern}/` : (name ?? '');
  return `${role ?? selector} ${label}${within ? ` in ${describeTarget(within)}` : ''}`;
}

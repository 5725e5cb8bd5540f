import { Failure, Skipped } from './expect.mjs';

/** Tells of each check as it is made, and counts them. */
export class Report {
  #counts = { ok: 0, failed: 0, skipped: 0 };
  #write;

  /** @param {(line: string) => void} [write] */
  constructor(write = (line) => process.stdout.write(`${line}\n`)) {
    this.#write = write;
  }

  /**
   * Makes the checks of a theme; that they come to their end counts as one where they do not.
   *
   * @param {string} name
   * @param {string} what
   * @param {() => Promise<void>} run
   */
  async theme(name, what, run) {
    this.#write(`\n${name}: ${what}`);
    try {
      await run();
    } catch (error) {
      this.#fail(`The checks of ${name} come to their end`, error);
    }
  }

  /**
   * Makes a check, whose name is a sentence; answers whether it held.
   *
   * @param {string} name
   * @param {() => unknown} run
   */
  async check(name, run) {
    try {
      await run();
      this.#counts.ok += 1;
      this.#write(`  ok       ${name}`);
      return true;
    } catch (error) {
      if (error instanceof Skipped) {
        this.skip(name, error.message);
        return false;
      }
      this.#fail(name, error);
      return false;
    }
  }

  /**
   * Tells of a check that is not made.
   *
   * @param {string} name
   * @param {string} why
   */
  skip(name, why) {
    this.#counts.skipped += 1;
    this.#write(`  skipped  ${name} (${why})`);
  }

  /** Tells how it went; answers whether nothing failed. */
  summarise() {
    const { ok, failed, skipped } = this.#counts;
    this.#write(`\n${ok} ok, ${failed} FAILED, ${skipped} skipped`);
    return failed === 0;
  }

  /**
   * @param {string} name
   * @param {unknown} error
   */
  #fail(name, error) {
    this.#counts.failed += 1;
    this.#write(`  FAILED   ${name}`);
    const indented = (/** @type {string} */ label, /** @type {string} */ text) => {
      const [first, ...more] = text.split('\n');
      this.#write([`           ${label.padEnd(9)}${first}`, ...more.map((line) => ' '.repeat(20) + line)].join('\n'));
    };
    const { message, code, stack, request } = /** @type {Partial<NodeJS.ErrnoException & { request: string }>} */ (
      error
    );
    if (error instanceof Failure) {
      indented('expected', error.expected);
      indented('came', error.came);
    } else {
      // The connection failed, or something was so far from the contract that reading it did.
      indented('came', code ? `${message} (${code})` : (stack ?? String(error)));
    }
    if (request) indented('request', request);
  }
}

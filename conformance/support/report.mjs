import { Failure, Skipped } from './expect.mjs';

/** Prints the result of each check as it finishes, and counts the results. */
export class Report {
  #counts = { ok: 0, failed: 0, skipped: 0 };
  #write;

  /** @param {(line: string) => void} [write] */
  constructor(write = (line) => process.stdout.write(`${line}\n`)) {
    this.#write = write;
  }

  /**
   * Runs the checks of a theme. An error that aborts the theme counts as a failed check.
   *
   * @param {string} name
   * @param {string} summary
   * @param {() => Promise<void>} run
   */
  async theme(name, summary, run) {
    this.#write(`\n${name}: ${summary}`);
    try {
      await run();
    } catch (error) {
      this.#fail(`The checks of ${name} run to the end`, error);
    }
  }

  /**
   * Runs a check and returns whether it passed. The name of a check is a sentence.
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
   * Reports a check that is not run.
   *
   * @param {string} name
   * @param {string} reason
   */
  skip(name, reason) {
    this.#counts.skipped += 1;
    this.#write(`  skipped  ${name} (${reason})`);
  }

  /** Prints the counts and returns whether no check failed. */
  printSummary() {
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
    const writeField = (/** @type {string} */ label, /** @type {string} */ text) => {
      const [first, ...more] = text.split('\n');
      this.#write([`           ${label.padEnd(9)}${first}`, ...more.map((line) => ' '.repeat(20) + line)].join('\n'));
    };
    const { message, code, stack, request } = /** @type {Partial<NodeJS.ErrnoException & { request: string }>} */ (
      error
    );
    if (error instanceof Failure) {
      writeField('expected', error.expected);
      writeField('actual', error.actual);
    } else {
      // The connection failed, or a response was so different from the contract that a check threw.
      writeField('actual', code ? `${message} (${code})` : (stack ?? String(error)));
    }
    if (request) writeField('request', request);
  }
}

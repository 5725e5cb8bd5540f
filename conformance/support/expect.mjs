/** @import { Answer } from './caller.mjs' */
/** @import { Contract } from './contract.mjs' */
/** @import { Code, Problem, Schemas } from './schemas.d.ts' */
/** @import { JsonSchema, Reported } from './types.d.ts' */

/** What was expected and did not come. */
export class Failure extends Error {
  /**
   * @param {string} expected
   * @param {string} came
   * @param {string} [request]
   */
  constructor(expected, came, request) {
    super(expected);
    this.expected = expected;
    this.came = came;
    this.request = request;
  }
}

/** A check that could not be made, and why. */
export class Skipped extends Error {}

/**
 * Ends the check as one that cannot be made.
 *
 * @param {string} why
 * @returns {never}
 */
export function skip(why) {
  throw new Skipped(why);
}

/**
 * The answer has this status, or one of these.
 *
 * @param {Reported} answer
 * @param {...number} statuses
 */
export function expectStatus(answer, ...statuses) {
  if (!statuses.includes(answer.status))
    throw new Failure(`status ${statuses.join(' or ')}`, String(answer), answer.request);
}

/**
 * It holds of the answer; `expected` says what, `came` what it is instead.
 *
 * @param {unknown} holds
 * @param {string} expected
 * @param {Pick<Reported, 'request'>} [answer]
 * @param {string} [came]
 * @returns {asserts holds}
 */
export function expectThat(holds, expected, answer, came = String(answer)) {
  if (!holds) throw new Failure(expected, came, answer?.request);
}

/** Expectations that ask the contract. */
export class Expect {
  #contract;

  /** @param {Contract} contract */
  constructor(contract) {
    this.#contract = contract;
  }

  /**
   * The answer is JSON with this status that fits the schema; gives what it says.
   *
   * @template {JsonSchema | keyof Schemas} S
   * @param {Answer} answer
   * @param {S} schema
   * @param {number} [status]
   * @returns {S extends keyof Schemas ? Schemas[S] : unknown}
   */
  json(answer, schema, status = 200) {
    expectStatus(answer, status);
    expectThat(answer.type === 'application/json', 'JSON, as application/json', answer);
    const { json } = answer;
    expectThat(json !== undefined, 'a body in JSON', answer);
    const problems = this.#contract.problemsOf(json, schema);
    const came = `${problems.slice(0, 5).join('\n')}${problems.length > 5 ? `\nand ${problems.length - 5} more` : ''}`;
    expectThat(problems.length === 0, 'a body that fits the schema', answer, came);
    return /** @type {S extends keyof Schemas ? Schemas[S] : unknown} */ (json);
  }

  /**
   * The answer is a list in JSON of what fits the schema of this name; gives it.
   *
   * @template {keyof Schemas} Name
   * @param {Answer} answer
   * @param {Name} name
   */
  list(answer, name) {
    const list = this.json(answer, { type: 'array', items: { $ref: `#/components/schemas/${name}` } });
    return /** @type {Schemas[Name][]} */ (list);
  }

  /**
   * The answer refuses, as RFC 9457 has it, with this code and status; gives the problem.
   *
   * @param {Answer} answer
   * @param {number | number[]} status
   * @param {...Code} codes
   */
  refusal(answer, status, ...codes) {
    expectStatus(answer, ...[status].flat());
    expectThat(answer.type === 'application/problem+json', 'a refusal as application/problem+json', answer);
    const json = /** @type {Problem | undefined} */ (answer.json);
    expectThat(json !== undefined, 'a body in JSON', answer);
    const problems = this.#contract.problemsOf(json, 'Problem');
    expectThat(problems.length === 0, 'a refusal that fits the schema', answer, problems.join('\n'));
    expectThat(json.title.trim() !== '', 'a title', answer);
    expectThat(json.status === answer.status, 'the status repeated in the body', answer);
    expectThat(codes.includes(json.code), `the code ${codes.join(' or ')}`, answer);
    return json;
  }

  /**
   * The answer refuses a field by its name.
   *
   * @param {Answer} answer
   * @param {string} field
   */
  wrongField(answer, field) {
    const { fields = [] } = this.refusal(answer, 422, 'invalid');
    expectThat(
      fields.some((one) => one.field === field),
      `the field at fault named: ${field}`,
      answer,
    );
  }
}

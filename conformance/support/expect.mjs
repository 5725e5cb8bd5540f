/** @import { ApiResponse } from './client.mjs' */
/** @import { Contract } from './contract.mjs' */
/** @import { Code, Problem, Schemas } from './schemas.d.ts' */
/** @import { JsonSchema, ReportedResponse } from './types.d.ts' */

/** An expectation that did not hold. */
export class Failure extends Error {
  /**
   * @param {string} expected
   * @param {string} actual
   * @param {string} [request]
   */
  constructor(expected, actual, request) {
    super(expected);
    this.expected = expected;
    this.actual = actual;
    this.request = request;
  }
}

/** The reason why a check was skipped. */
export class Skipped extends Error {}

/**
 * Skips the rest of the check.
 *
 * @param {string} reason
 * @returns {never}
 */
export function skip(reason) {
  throw new Skipped(reason);
}

/**
 * Expects one of these statuses.
 *
 * @param {ReportedResponse} response
 * @param {...number} statuses
 */
export function expectStatus(response, ...statuses) {
  if (!statuses.includes(response.status))
    throw new Failure(`status ${statuses.join(' or ')}`, String(response), response.request);
}

/**
 * Expects that a condition holds. `expected` and `actual` describe the failure.
 *
 * @param {unknown} condition
 * @param {string} expected
 * @param {Pick<ReportedResponse, 'request'>} [response]
 * @param {string} [actual]
 * @returns {asserts condition}
 */
export function expectThat(condition, expected, response, actual = String(response)) {
  if (!condition) throw new Failure(expected, actual, response?.request);
}

/** Expectations that use the contract. */
export class Expect {
  #contract;

  /** @param {Contract} contract */
  constructor(contract) {
    this.#contract = contract;
  }

  /**
   * Expects JSON with this status that matches the schema, and returns the parsed body.
   *
   * @template {JsonSchema | keyof Schemas} S
   * @param {ApiResponse} response
   * @param {S} schema
   * @param {number} [status]
   * @returns {S extends keyof Schemas ? Schemas[S] : unknown}
   */
  json(response, schema, status = 200) {
    expectStatus(response, status);
    expectThat(response.type === 'application/json', 'the content type application/json', response);
    const { json } = response;
    expectThat(json !== undefined, 'a JSON body', response);
    const errors = this.#contract.schemaErrors(json, schema);
    const actual = `${errors.slice(0, 5).join('\n')}${errors.length > 5 ? `\nand ${errors.length - 5} more` : ''}`;
    expectThat(errors.length === 0, 'a body that matches the schema', response, actual);
    return /** @type {S extends keyof Schemas ? Schemas[S] : unknown} */ (json);
  }

  /**
   * Expects a JSON array whose items match the schema of this name, and returns it.
   *
   * @template {keyof Schemas} Name
   * @param {ApiResponse} response
   * @param {Name} name
   */
  list(response, name) {
    const list = this.json(response, { type: 'array', items: { $ref: `#/components/schemas/${name}` } });
    return /** @type {Schemas[Name][]} */ (list);
  }

  /**
   * Expects a problem with this status and code, and returns it: https://www.rfc-editor.org/rfc/rfc9457
   *
   * @param {ApiResponse} response
   * @param {number | number[]} status
   * @param {...Code} codes
   */
  problem(response, status, ...codes) {
    expectStatus(response, ...[status].flat());
    expectThat(response.type === 'application/problem+json', 'the content type application/problem+json', response);
    const json = /** @type {Problem | undefined} */ (response.json);
    expectThat(json !== undefined, 'a JSON body', response);
    const errors = this.#contract.schemaErrors(json, 'Problem');
    expectThat(errors.length === 0, 'a problem that matches the schema', response, errors.join('\n'));
    expectThat(json.title.trim() !== '', 'a title', response);
    expectThat(json.status === response.status, 'the status repeated in the body', response);
    expectThat(codes.includes(json.code), `the code ${codes.join(' or ')}`, response);
    return json;
  }

  /**
   * Expects a problem that names the invalid field.
   *
   * @param {ApiResponse} response
   * @param {string} field
   */
  invalidField(response, field) {
    const { fields = [] } = this.problem(response, 422, 'invalid');
    expectThat(
      fields.some((item) => item.field === field),
      `the field ${field} in \`fields\``,
      response,
    );
  }
}

/** What was expected and did not come. */
export class Failure extends Error {
  constructor(expected, came, request) {
    super(expected);
    Object.assign(this, { expected, came, request });
  }
}

/** A check that could not be made, and why. */
export class Skipped extends Error {}

/** Ends the check as one that cannot be made. */
export function skip(why) {
  throw new Skipped(why);
}

/** The answer has this status, or one of these. */
export function expectStatus(answer, ...statuses) {
  if (!statuses.includes(answer.status))
    throw new Failure(`status ${statuses.join(' or ')}`, String(answer), answer.request);
}

/** It holds of the answer; `expected` says what, `came` what it is instead. */
export function expectThat(holds, expected, answer, came = String(answer)) {
  if (!holds) throw new Failure(expected, came, answer?.request);
}

/** Expectations that ask the contract. */
export class Expect {
  #contract;

  constructor(contract) {
    this.#contract = contract;
  }

  /** The answer is JSON with this status that fits the schema; gives what it says. */
  json(answer, schema, status = 200) {
    expectStatus(answer, status);
    expectThat(answer.type === 'application/json', 'JSON, as application/json', answer);
    const { json } = answer;
    expectThat(json !== undefined, 'a body in JSON', answer);
    const problems = this.#contract.problemsOf(json, schema);
    const came = `${problems.slice(0, 5).join('\n')}${problems.length > 5 ? `\nand ${problems.length - 5} more` : ''}`;
    expectThat(problems.length === 0, 'a body that fits the schema', answer, came);
    return json;
  }

  /** The answer is a list in JSON of what fits the schema of this name; gives it. */
  list(answer, name) {
    return this.json(answer, { type: 'array', items: { $ref: `#/components/schemas/${name}` } });
  }

  /** The answer refuses, as RFC 9457 has it, with this code and status; gives the problem. */
  refusal(answer, status, ...codes) {
    expectStatus(answer, ...[status].flat());
    expectThat(answer.type === 'application/problem+json', 'a refusal as application/problem+json', answer);
    const { json } = answer;
    expectThat(json !== undefined, 'a body in JSON', answer);
    const problems = this.#contract.problemsOf(json, 'Problem');
    expectThat(problems.length === 0, 'a refusal that fits the schema', answer, problems.join('\n'));
    expectThat(json.title.trim() !== '', 'a title', answer);
    expectThat(json.status === answer.status, 'the status repeated in the body', answer);
    expectThat(codes.includes(json.code), `the code ${codes.join(' or ')}`, answer);
    return json;
  }

  /** The answer refuses a field by its name. */
  wrongField(answer, field) {
    const { fields = [] } = this.refusal(answer, 422, 'invalid');
    expectThat(
      fields.some((one) => one.field === field),
      `the field at fault named: ${field}`,
      answer,
    );
  }
}

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** @import { ValidateFunction } from 'ajv/dist/2020.js' */
/** @import { Schemas } from './schemas.d.ts' */
/** @import { JsonSchema, Operation } from './types.d.ts' */

/**
 * An OpenAPI document, as far as the checks read it: https://spec.openapis.org/oas/v3.1.0
 *
 * @typedef {object} OpenApi
 * @property {Record<string, Record<string, OpenApiOperation>>} paths
 * @property {{ schemas: Record<string, { enum?: unknown[] }> }} components
 *
 * @typedef {object} OpenApiOperation
 * @property {Record<string, { content?: Record<string, { schema?: JsonSchema }> }>} responses
 * @property {object} [requestBody]
 * @property {boolean} [x-changes]
 */

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const BASE = '/api/v1';

/** What the contract says: its operations, and whether something fits a schema of it. */
export class Contract {
  #ajv;
  /** @type {OpenApi} */
  #document;

  /** @param {string} file */
  constructor(file) {
    this.#document = JSON.parse(readFileSync(file, 'utf8'));
    this.#ajv = new Ajv.default({ strict: false, allErrors: true });
    addFormats.default(this.#ajv);
    const isTime = /** @type {{ validate(text: string): boolean }} */ (this.#ajv.formats['date-time']);
    // The contract's times are in UTC, which a date-time need not be.
    this.#ajv.addFormat(
      'date-time',
      (/** @type {string} */ text) => isTime.validate(text) && /(z|[+-]00:00)$/i.test(text),
    );
    this.#ajv.addSchema(this.#document, 'contract');
  }

  /**
   * The operations: method, path below the base, whether they change something, and what they answer.
   *
   * @returns {Operation[]}
   */
  get operations() {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      METHODS.flatMap((method) => {
        const operation = item[method];
        if (!operation) return [];
        const name = `${method.toUpperCase()} ${path}`;
        const success = Object.entries(operation.responses).find(([code]) => code.startsWith('2'));
        if (!success) throw new Error(`The contract has no successful response of ${name}.`);
        const [status, response] = success;
        const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
        return [
          {
            name,
            method: method.toUpperCase(),
            path: path.replace(BASE, ''),
            changes: operation['x-changes'] === true,
            hasBody: Boolean(operation.requestBody),
            answer: { status: Number(status), type, schema: content?.schema },
          },
        ];
      }),
    );
  }

  /**
   * The values of an enumeration.
   *
   * @template {keyof Schemas} Name
   * @param {Name} name
   * @returns {Schemas[Name][]}
   */
  valuesOf(name) {
    const values = this.#document.components.schemas[name]?.enum;
    if (!values) throw new Error(`The contract has no enumeration ${name}.`);
    return /** @type {Schemas[Name][]} */ (values);
  }

  /**
   * What is wrong with a value by a schema, one sentence each; the schema is one of the contract's, or its name.
   *
   * @param {unknown} value
   * @param {JsonSchema | keyof Schemas} schema
   */
  problemsOf(value, schema) {
    const wanted = typeof schema === 'string' ? { $ref: `#/components/schemas/${schema}` } : schema;
    const validate = this.#validator(JSON.stringify(wanted).replaceAll('"#/', '"contract#/'));
    if (validate(value)) return [];
    return (validate.errors ?? []).map((error) => {
      const allowed = error.params.allowedValues?.join(', ');
      return `${error.instancePath || 'the body'} ${error.message}${allowed ? ` (${allowed})` : ''}`;
    });
  }

  /** @type {Map<string, ValidateFunction>} */
  #validators = new Map();

  /** @param {string} text */
  #validator(text) {
    const known = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#validators.set(text, known);
    return known;
  }
}

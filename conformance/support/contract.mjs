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

/** The OpenAPI contract: lists its operations and validates values against its schemas. */
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
    // The contract requires UTC. JSON Schema's `date-time` allows other offsets.
    this.#ajv.addFormat(
      'date-time',
      (/** @type {string} */ text) => isTime.validate(text) && /(z|[+-]00:00)$/i.test(text),
    );
    this.#ajv.addSchema(this.#document, 'contract');
  }

  /**
   * The operations of the contract.
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
        const [status, { content = {} }] = success;
        const [type, body] = Object.entries(content)[0] ?? [];
        return [
          {
            name,
            method: method.toUpperCase(),
            path: path.replace(BASE, ''),
            changes: operation['x-changes'] === true,
            hasBody: Boolean(operation.requestBody),
            response: { status: Number(status), type, schema: body?.schema },
          },
        ];
      }),
    );
  }

  /**
   * Returns the values of an enumeration.
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
   * Validates a value and returns one message for each error. `schema` is a schema or the name of one in the contract.
   *
   * @param {unknown} value
   * @param {JsonSchema | keyof Schemas} schema
   */
  schemaErrors(value, schema) {
    const resolved = typeof schema === 'string' ? { $ref: `#/components/schemas/${schema}` } : schema;
    const validate = this.#validator(JSON.stringify(resolved).replaceAll('"#/', '"contract#/'));
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
    const validator = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#validators.set(text, validator);
    return validator;
  }
}

import { readFileSync } from 'node:fs';
import Ajv from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const BASE = '/api/v1';

/** What the contract says: its operations, and whether something fits a schema of it. */
export class Contract {
  #ajv;
  #document;

  constructor(file) {
    this.#document = JSON.parse(readFileSync(file, 'utf8'));
    this.#ajv = new Ajv.default({ strict: false, allErrors: true });
    addFormats.default(this.#ajv);
    const isTime = this.#ajv.formats['date-time'];
    // The contract's times are in UTC, which a date-time need not be.
    this.#ajv.addFormat('date-time', (text) => isTime.validate(text) && /(z|[+-]00:00)$/i.test(text));
    this.#ajv.addSchema(this.#document, 'contract');
  }

  /** The operations: method, path below the base, whether they change something, and what they answer. */
  get operations() {
    return Object.entries(this.#document.paths).flatMap(([path, item]) =>
      METHODS.filter((method) => item[method]).map((method) => {
        const operation = item[method];
        const [status, response] = Object.entries(operation.responses).find(([code]) => code.startsWith('2'));
        const [type, content] = Object.entries(response.content ?? {})[0] ?? [];
        return {
          name: `${method.toUpperCase()} ${path}`,
          method: method.toUpperCase(),
          path: path.replace(BASE, ''),
          changes: operation['x-changes'] === true,
          hasBody: Boolean(operation.requestBody),
          answer: { status: Number(status), type, schema: content?.schema },
        };
      }),
    );
  }

  /** The values of an enumeration. */
  valuesOf(name) {
    return this.#document.components.schemas[name].enum;
  }

  /** What is wrong with a value by a schema, one sentence each; the schema is one of the contract's, or its name. */
  problemsOf(value, schema) {
    const wanted = typeof schema === 'string' ? { $ref: `#/components/schemas/${schema}` } : schema;
    const validate = this.#validator(JSON.stringify(wanted).replaceAll('"#/', '"contract#/'));
    if (validate(value)) return [];
    return validate.errors.map((error) => {
      const allowed = error.params.allowedValues?.join(', ');
      return `${error.instancePath || 'the body'} ${error.message}${allowed ? ` (${allowed})` : ''}`;
    });
  }

  #validators = new Map();

  #validator(text) {
    const known = this.#validators.get(text) ?? this.#ajv.compile(JSON.parse(text));
    this.#validators.set(text, known);
    return known;
  }
}

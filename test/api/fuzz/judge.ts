// What every answer of the API owes its description: no fault of ours, a status that is named, and
// a body that fits the schema of that status.
import { Ajv2020, type ValidateFunction } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import type { Description, MadeRequest } from './requests.ts';

export class Judge {
  readonly #ajv = new Ajv2020({ strict: false, allErrors: true });
  readonly #compiled = new Map<object, ValidateFunction>();

  constructor({ components }: Description) {
    (addFormats as unknown as (to: Ajv2020) => void)(this.#ajv);
    this.#ajv.addSchema({ $id: 'api', components });
  }

  /** Null, or the promise that was broken. Reads the body. */
  async breach(
    { operation, method, path }: MadeRequest,
    response: Response,
  ): Promise<string | null> {
    const { status } = response;
    const answer = operation.responses[status];
    const type = response.headers.get('content-type')?.split(';')[0]?.trim() ?? '';
    if (type === 'text/event-stream') await response.body?.cancel();
    const text = type === 'text/event-stream' ? '' : await response.text();
    if (status >= 500 && status !== 503) return `status ${status}: ${text.slice(0, 300)}`;
    if (answer === undefined) return `status ${status} is not described: ${text.slice(0, 300)}`;
    if (answer.content === undefined || status === 304 || method === 'HEAD') {
      return text === '' ? null : `status ${status} has a body that is not described`;
    }
    const media = answer.content[type];
    if (media === undefined) return `status ${status} has the type ${type}, not described`;
    if (!/json$/u.test(type) || media.schema === undefined) return null;
    const fits = this.#validator(media.schema);
    if (fits(JSON.parse(text))) return null;
    // `fields` asks for items of which the rest is missing.
    const isPartial = /[?&]fields=/u.test(path);
    const faults = (fits.errors ?? []).filter(
      ({ keyword, instancePath }) =>
        !(isPartial && keyword === 'required' && /^\/items\/\d+$/u.test(instancePath)),
    );
    if (faults.length === 0) return null;
    return `status ${status}, body: ${this.#ajv.errorsText(faults)}: ${text.slice(0, 600)}`;
  }

  #validator(schema: object): ValidateFunction {
    const known = this.#compiled.get(schema);
    if (known !== undefined) return known;
    const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
    const made = this.#ajv.compile(JSON.parse(text) as object);
    this.#compiled.set(schema, made);
    return made;
  }
}

// What holds for every operation alike, written into the API description in one place: headers for
// repeating and for versions, the answers they can lead to, and examples. PURE.
import { exampleOf, type ExampleSchema, type Schemas } from './examples.ts';

interface Media {
  schema: ExampleSchema;
  example?: unknown;
}

interface Answer {
  description: string;
  content?: Record<string, Media>;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: ExampleSchema;
}

interface Operation {
  operationId: string;
  parameters?: Parameter[];
  requestBody?: { content: Record<string, Media> };
  responses: Record<string, Answer>;
}

/** The parts of an OpenAPI document that conventions touch. */
export interface Describable {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
}

const text: ExampleSchema = { type: 'string' };

const KEY: Parameter = {
  name: 'Idempotency-Key',
  in: 'header',
  description: 'A key of your own: repeated with it, the request gets its first answer again.',
  schema: { type: 'string', pattern: '^[!-~]{1,255}$', example: 'order-4711' },
};
const IF_MATCH: Parameter = {
  name: 'If-Match',
  in: 'header',
  description: 'Only this version is touched; another one is 412.',
  schema: text,
};
const IF_NONE_MATCH: Parameter = {
  name: 'If-None-Match',
  in: 'header',
  description: 'Versions that are known: 304 if it is one of them.',
  schema: text,
};

/** Completes the document in place. */
export function completed<Document extends Describable>(document: Document): Document {
  const { schemas } = document.components;
  for (const [path, methods] of Object.entries(document.paths)) {
    for (const [method, operation] of Object.entries(methods)) {
      if (path.startsWith('/api/v1/')) addHeaders(method, operation);
      addExamples(operation, schemas);
    }
  }
  return document;
}

function addHeaders(method: string, operation: Operation): void {
  const { responses } = operation;
  const problem = responses['401']?.content;
  const refusal = problem === undefined ? {} : { content: problem };
  if (method !== 'get') {
    // Also where no body is expected: one that is sent is measured all the same.
    responses['413'] ??= { description: 'The body is too large.', ...refusal };
  }
  if (method === 'post') {
    addParameter(operation, KEY);
    responses['409'] ??= {
      description: 'Not possible in the present state.',
      ...refusal,
    };
  }
  if ('412' in responses) addParameter(operation, IF_MATCH);
  if (method === 'get' && responses['200']?.content?.['application/json'] !== undefined) {
    addParameter(operation, IF_NONE_MATCH);
    responses['304'] ??= { description: 'Unchanged.' };
  }
}

function addParameter(operation: Operation, parameter: Parameter): void {
  const has = operation.parameters?.some(({ name }) => name === parameter.name) ?? false;
  if (!has) operation.parameters = [...(operation.parameters ?? []), parameter];
}

function addExamples({ requestBody, responses }: Operation, schemas: Schemas): void {
  const bodies = [requestBody?.content, responses['200']?.content, responses['201']?.content];
  for (const media of bodies.flatMap((content) => content?.['application/json'] ?? [])) {
    media.example ??= exampleOf(media.schema, schemas);
  }
}

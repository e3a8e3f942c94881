// Requests made from the API description: each operation with parameters, headers and a body that
// fit, lie at the edge, or are broken. PURE.
import fc from 'fast-check';
import { Generator, NASTY, type Known, type Schema, type Schemas } from './schema.ts';

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly schema: Schema;
}

interface Media {
  readonly schema?: Schema;
}

export interface Operation {
  readonly operationId: string;
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}

export interface Description {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Schemas };
}

export interface MadeRequest {
  readonly operation: Operation;
  readonly method: string;
  /** With the query. */
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | null;
}

/** Any request to any operation of the description. */
export function requests(description: Description, known: Known): fc.Arbitrary<MadeRequest> {
  const generator = new Generator(description.components.schemas, known);
  const each = Object.entries(description.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) =>
      requestsTo(generator, path, method.toUpperCase(), operation),
    ),
  );
  return fc.oneof(...each);
}

function requestsTo(
  generator: Generator,
  path: string,
  method: string,
  operation: Operation,
): fc.Arbitrary<MadeRequest> {
  const values = (kind: string) =>
    parametersOf(
      generator,
      (operation.parameters ?? [])
        .filter((parameter) => parameter.in === kind)
        .map((parameter) => ({ ...parameter, field: fieldOf(path, parameter) })),
    );
  return fc
    .record({
      inPath: values('path'),
      query: values('query'),
      extra: rarely(fc.tuple(nastyText, nastyText)),
      headers: values('header'),
      body: bodyOf(generator, operation),
    })
    .map(({ inPath, query, extra, headers, body }) => {
      const where = path.replace(/\{(\w+)\}/gu, (_, name: string) => segment(inPath[name] ?? 'x'));
      const all = new URLSearchParams(Object.entries(query));
      if (extra !== null) all.append(...extra);
      const search = all.size === 0 ? '' : `?${all.toString()}`;
      const sent = Object.entries(headers).map(([name, value]) => [name, headerText(value)]);
      return {
        operation,
        method,
        path: where + search,
        headers: { ...(Object.fromEntries(sent) as Record<string, string>), ...body.type },
        body: method === 'GET' ? null : body.text,
      };
    });
}

/** What a parameter names: `callbacks/id` in a path, its own name elsewhere. */
function fieldOf(path: string, { in: place, name }: Parameter): string {
  if (place !== 'path') return name;
  const steps = path.split('/');
  return `${steps[steps.indexOf(`{${name}}`) - 1] ?? ''}/${name}`;
}

const nastyText = fc.constantFrom(...NASTY.map((value) => textual(value)));

function textual(value: unknown): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function rarely<T>(arbitrary: fc.Arbitrary<T>): fc.Arbitrary<T | null> {
  const weighted = { weight: 1, arbitrary: arbitrary as fc.Arbitrary<T | null> };
  return fc.oneof({ weight: 19, arbitrary: fc.constant(null) }, weighted);
}

function parametersOf(
  generator: Generator,
  parameters: readonly (Parameter & { readonly field: string })[],
): fc.Arbitrary<Record<string, string>> {
  const each = parameters.map(({ name, field, schema }) => {
    const valid = generator.valid(schema, field).map(textual);
    const value = fc.oneof(
      { weight: 12, arbitrary: valid },
      { weight: 1, arbitrary: nastyText },
      { weight: 1, arbitrary: fc.string() },
    );
    return [name, value] as const;
  });
  // A required one may be missing too, except in a path.
  const requiredKeys = parameters.filter((one) => one.in === 'path').map(({ name }) => name);
  return fc.record(Object.fromEntries(each), { requiredKeys });
}

interface Body {
  readonly text: string | null;
  readonly type: Readonly<Record<string, string>>;
}

function bodyOf(generator: Generator, { requestBody }: Operation): fc.Arbitrary<Body> {
  const [type = 'application/json', media] = Object.entries(requestBody?.content ?? {})[0] ?? [];
  const named = { 'Content-Type': type };
  const schema = media?.schema ?? {};
  const json = (value: fc.Arbitrary<unknown>) =>
    value.map((body): Body => ({ text: JSON.stringify(body) ?? '', type: named }));
  const wrong = fc.oneof(
    fc.constantFrom<Body>(
      { text: null, type: {} },
      { text: '', type: named },
      { text: '{', type: named },
      { text: '{}', type: { 'Content-Type': 'text/plain' } },
      { text: '{"a":1}', type: { 'Content-Type': 'application/xml; charset=latin-9' } },
      { text: `[${'['.repeat(2_000)}`, type: named },
      { text: 'x'.repeat(2_000_000), type: named },
    ),
    fc.string({ unit: 'binary' }).map((text): Body => ({ text, type: named })),
  );
  if (requestBody === undefined) {
    const none = fc.constant<Body>({ text: null, type: {} });
    return fc.oneof({ weight: 19, arbitrary: none }, { weight: 1, arbitrary: wrong });
  }
  return fc.oneof(
    { weight: 8, arbitrary: json(generator.valid(schema)) },
    { weight: 8, arbitrary: json(generator.broken(schema)) },
    { weight: 1, arbitrary: wrong },
  );
}

/** One step of a path; the dots that URLs resolve by themselves never reach the server. */
function segment(text: string): string {
  const encoded = encodeURIComponent(text.toWellFormed());
  return encoded === '' || /^\.{1,2}$/u.test(encoded) ? 'x' : encoded;
}

/** Headers are bytes, without those that end them. */
function headerText(text: string): string {
  return text.replace(/[^\t\x20-\x7e\x80-\xff]/gu, '?').trim();
}

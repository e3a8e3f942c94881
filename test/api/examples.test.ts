// Every operation has an example of what is sent and of what is answered, and each fits its schema.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';
import { createWorld, KEY } from './fakes.ts';

interface Media {
  readonly schema: object;
  readonly example?: unknown;
}

interface Operation {
  readonly operationId: string;
  readonly requestBody?: { readonly content: Readonly<Record<string, Media>> };
  readonly responses: Readonly<
    Record<string, { readonly content?: Readonly<Record<string, Media>> }>
  >;
}

interface Document {
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: object };
}

async function described(): Promise<Document> {
  return (await (await createWorld().app.request('/openapi.json')).json()) as Document;
}

interface Found {
  readonly method: string;
  readonly path: string;
  readonly operation: Operation;
}

const operationsOf = (document: Document): readonly Found[] =>
  Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ method, path, operation })),
  );

/** JSON bodies of an operation, with where they stand. */
function mediaOf({ requestBody, responses }: Operation): readonly (readonly [string, Media])[] {
  const bodies = [
    ['request', requestBody?.content] as const,
    ['200', responses['200']?.content] as const,
    ['201', responses['201']?.content] as const,
  ];
  return bodies.flatMap(([where, content]) => {
    const media = content?.['application/json'];
    return media === undefined ? [] : [[where, media] as const];
  });
}

test('every example is there and fits its schema', async () => {
  const document = await described();
  const ajv = new Ajv2020({ strict: false, allErrors: true });
  (addFormats as unknown as (to: Ajv2020) => void)(ajv);
  ajv.addSchema({ $id: 'api', components: document.components });
  const faults = operationsOf(document).flatMap(({ operation }) =>
    mediaOf(operation).flatMap(([where, { schema, example }]) => {
      const text = JSON.stringify(schema).replaceAll('"#/', '"api#/');
      const isRight = ajv.compile(JSON.parse(text) as object);
      if (example !== undefined && isRight(example)) return [];
      return [`${operation.operationId} ${where}: ${ajv.errorsText(isRight.errors)}`];
    }),
  );
  assert.deepEqual(faults, []);
});

test('no example of a request is refused as wrong', async () => {
  const world = createWorld('http: { requestsPerSecond: 10000, requestBurst: 10000 }');
  for (const { method, path, operation } of operationsOf(await described())) {
    const media = operation.requestBody?.content['application/json'];
    if (media === undefined || !path.startsWith('/api/v1/')) continue;
    const target = path.replace(/\{action\}/, 'pause').replace(/\{\w+\}/g, 'example');
    const response = await world.ask(method.toUpperCase(), target, media.example, {
      Authorization: `Bearer ${KEY}`,
    });
    const { code, detail } = (await response.json().catch(() => ({}))) as Record<string, string>;
    assert.notEqual(code, 'REQUEST_INVALID', `${operation.operationId}: ${detail}`);
    assert.notEqual(response.status, 500, operation.operationId);
  }
});

// The API description: complete, sound in itself, and true.
import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createWorld } from './fakes.ts';

interface Node {
  readonly [key: string]: unknown;
}

async function described(): Promise<Node> {
  const response = await createWorld().app.request('/openapi.json');
  return (await response.json()) as Node;
}

interface Found {
  readonly path: string;
  readonly method: string;
  readonly operation: Node;
}

function operationsOf(document: Node): readonly Found[] {
  const paths = document['paths'] as Record<string, Record<string, Node>>;
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, operation]) => ({ path, method, operation })),
  );
}

/** Every object inside a value, with where it is. */
function* objectsIn(value: unknown, at = '#'): Generator<readonly [string, Node]> {
  if (typeof value !== 'object' || value === null) return;
  yield [at, value as Node];
  for (const [key, inner] of Object.entries(value)) yield* objectsIn(inner, `${at}/${key}`);
}

test('it is OpenAPI 3.1 with title, version, servers and a security scheme', async () => {
  const document = await described();
  assert.equal(document['openapi'], '3.1.0');
  assert.equal((document['info'] as Node)['title'], 'Ringback API');
  const { securitySchemes } = document['components'] as Record<string, Node>;
  assert.deepEqual(Object.keys(securitySchemes ?? {}), ['apiKey']);
});

test('every route that is served is described, and the reverse', async () => {
  const { app } = createWorld();
  const document = await described();
  const listed = operationsOf(document).map(({ path, method }) => `${method} ${path}`);
  const routed = app.routes
    .filter(({ method, path }) => method !== 'ALL' && !/^\/(docs|openapi)/.test(path))
    .map(({ method, path }) => `${method.toLowerCase()} ${path.replace(/:(\w+)/g, '{$1}')}`);
  assert.deepEqual(listed.toSorted(), [...new Set(routed)].toSorted());
});

test('every reference leads somewhere', async () => {
  const document = await described();
  for (const [at, node] of objectsIn(document)) {
    const ref = node['$ref'];
    if (typeof ref !== 'string') continue;
    const steps = ref.split('/').slice(1);
    const target = steps.reduce<unknown>((from, step) => (from as Node)[step], document);
    assert.equal(typeof target, 'object', `${at}: ${ref}`);
  }
});

test('operations have an id of their own, a tag that exists, and a summary', async () => {
  const document = await described();
  const operations = operationsOf(document).map(({ operation }) => operation);
  const ids = operations.map((operation) => operation['operationId']);
  assert.equal(new Set(ids).size, ids.length);
  const tags = (document['tags'] as { name: string }[]).map((tag) => tag.name);
  for (const operation of operations) {
    assert.ok((operation['tags'] as string[]).every((tag) => tags.includes(tag)));
    assert.ok(String(operation['summary']).length > 5);
  }
});

test('path parameters are declared, required, and no others are', async () => {
  for (const { path, operation } of operationsOf(await described())) {
    const declared = ((operation['parameters'] ?? []) as Node[])
      .filter((parameter) => parameter['in'] === 'path')
      .map((parameter) => {
        assert.equal(parameter['required'], true);
        return parameter['name'];
      });
    const written = [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name);
    assert.deepEqual(declared, written, path);
  }
});

test('responses are described; protected routes tell of 401, bodies of 413 and 415', async () => {
  for (const { path, method, operation } of operationsOf(await described())) {
    const responses = operation['responses'] as Record<string, Node>;
    const where = `${method} ${path}`;
    for (const response of Object.values(responses)) assert.ok(response['description'], where);
    if (path.startsWith('/api/')) assert.ok('401' in responses && '429' in responses, where);
    if ('requestBody' in operation) assert.ok('413' in responses && '415' in responses, where);
  }
});

test('schemas use the words of JSON Schema 2020-12, not those of OpenAPI 3.0', async () => {
  for (const [at, node] of objectsIn((await described())['components'])) {
    if ('nullable' in node && typeof node['nullable'] === 'boolean') assert.fail(at);
    assert.notEqual(typeof node['exclusiveMinimum'], 'boolean', at);
    const { required, properties } = node;
    if (!Array.isArray(required) || typeof properties !== 'object') continue;
    for (const name of required) assert.ok(Object.hasOwn(properties ?? {}, String(name)), at);
  }
});

test('the pages load nothing and show every operation and every code', async () => {
  const { app } = createWorld();
  const reference = await (await app.request('/docs')).text();
  const errors = await (await app.request('/docs/errors')).text();
  const script = reference.match(/<script>[^]*?<\/script>/g) ?? [];
  assert.equal(script.length, 1);
  for (const page of [reference.replace(script[0] ?? '', ''), errors]) {
    assert.doesNotMatch(page, /<script|<link|<img|src=|\son\w+="/i);
  }
  for (const { operation } of operationsOf(await described())) {
    assert.ok(reference.includes(`id="${String(operation['operationId'])}"`));
  }
  assert.ok(errors.includes('<tr id="CALLBACK_DUPLICATE">'));
});

test('docs/api.md names every route, and none that does not exist', async () => {
  const page = readFileSync('docs/api.md', 'utf8');
  const named = [...page.matchAll(/^\| `(GET|POST|PATCH|DELETE) (\S+)` \|/gm)].map(
    ([, method = '', path = '']) => `${method.toLowerCase()} ${path}`,
  );
  const served = operationsOf(await described()).map(({ path, method }) => `${method} ${path}`);
  const streams = ['get /api/v1/events'];
  assert.deepEqual([...named, ...streams].toSorted(), served.toSorted());
});

// The documents tell the truth where a machine can check it: links lead somewhere, commands exist,
// files that are named are there, and the routes are those of the API.
import assert from 'node:assert/strict';
import { existsSync, globSync, readFileSync } from 'node:fs';
import { dirname, join, normalize } from 'node:path';
import { test } from 'node:test';
import { createWorld } from './api/fakes.ts';

const ROOT = join(import.meta.dirname, '..');
const documents = globSync(['*.md', 'docs/**/*.md'], { cwd: ROOT }).sort();

function read(path: string): string {
  return readFileSync(join(ROOT, path), 'utf8');
}

/** The text without its code, in which brackets mean something else. */
function prose(markdown: string): string {
  return markdown.replace(/^```.*?^```/gmsu, '').replace(/`[^`\n]*`/gu, '');
}

/** Names that a heading or an explicit anchor gives to a place, as the hosts of repositories do. */
function anchorsOf(markdown: string): ReadonlySet<string> {
  const headings = [...markdown.matchAll(/^#+ +(.+)$/gmu)].map(([, text = '']) =>
    text
      .toLowerCase()
      .replace(/[^\w\- ]/gu, '')
      .replaceAll(' ', '-'),
  );
  const explicit = [...markdown.matchAll(/<a id="([^"]+)">/gu)].map(([, id = '']) => id);
  return new Set([...headings, ...explicit]);
}

/** The fault of a link inside a document, or null. */
function faultOf(document: string, link: string): string | null {
  const [path = '', anchor] = link.split('#');
  const target = path === '' ? document : normalize(join(dirname(document), path));
  if (!existsSync(join(ROOT, target))) return `${document}: ${link} leads nowhere`;
  if (anchor === undefined || !target.endsWith('.md')) return null;
  return anchorsOf(read(target)).has(anchor) ? null : `${document}: no #${anchor} in ${target}`;
}

test('every relative link in a document leads somewhere', () => {
  const links = documents.flatMap((document) =>
    [...prose(read(document)).matchAll(/\]\(([^)\s]+)\)/gu)].map(
      ([, link = '']) => [document, link] as const,
    ),
  );
  const inside = links.filter(([, link]) => !/^[a-z]+:/u.test(link));
  assert.ok(inside.length > 0, 'there are links');
  const faults = inside.map(([document, link]) => faultOf(document, link)).filter(Boolean);
  assert.deepEqual(faults, []);
});

test('every npm script that a document names is there', () => {
  const { scripts } = JSON.parse(read('package.json')) as { scripts: Record<string, string> };
  const faults = [...documents, 'ringback.example.yaml', 'Dockerfile'].flatMap((document) =>
    [...read(document).matchAll(/npm (?:run ([\w:-]+)|(start|test)\b)/gu)]
      .map(([, run, own]) => run ?? own ?? '')
      .filter((name) => scripts[name] === undefined)
      .map((name) => `${document}: npm run ${name}`),
  );
  assert.deepEqual(faults, []);
});

const SOURCES = /^(?:core|sip|media|routing|callback|api|test|scripts|docs|bench)\/[\w./*{},-]*$/u;
/** Stands for a file of the reader's. */
const INVENTED = new Set(['test/sip/x.test.ts']);

test('every file of ours that a document names in code is there', () => {
  const faults = documents.flatMap((document) =>
    [...read(document).matchAll(/`([^`\s]+)`/gu)]
      .map(([, name = '']) => name)
      .filter((name) => SOURCES.test(name) && !INVENTED.has(name))
      .filter((name) => globSync(name, { cwd: ROOT }).length === 0)
      .map((name) => `${document}: ${name}`),
  );
  assert.deepEqual(faults, []);
});

test('docs/api.md lists the routes of the API, all of them and no others', async () => {
  const response = await createWorld().app.request('/openapi.json');
  const { paths } = (await response.json()) as { paths: Record<string, Record<string, unknown>> };
  const served = Object.entries(paths).flatMap(([path, methods]) =>
    Object.keys(methods).map(
      (method) => `${method.toUpperCase()} ${path.replace(/\{\w+\}/gu, '{}')}`,
    ),
  );
  const told = [...read('docs/api.md').matchAll(/^\| `([A-Z]+ \/\S*)` \|/gmu)].map(
    ([, route = '']) => route.replace(/\{\w+\}/gu, '{}'),
  );
  const open = ['GET /docs', 'GET /docs/errors', 'GET /openapi.json', 'GET /api/v1/events'];
  const expected = served.filter((route) => !open.includes(route)).sort();
  assert.deepEqual([...told].sort(), expected);
});

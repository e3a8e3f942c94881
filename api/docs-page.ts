// The API description as HTML: one page of routes and schemas with a search, one of error codes.
// Loads nothing. PURE.
import { curlOf } from './description/curl.ts';
import { errorSections } from './errors.ts';

/** The parts of an OpenAPI 3.1 document that are shown. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

export interface Operation {
  readonly operationId: string;
  readonly summary: string;
  readonly 'x-permission'?: string;
  readonly description?: string;
  readonly tags: readonly string[];
  readonly parameters?: readonly Parameter[];
  readonly requestBody?: { readonly content: Readonly<Record<string, Content>> };
  readonly responses: Readonly<
    Record<
      string,
      { readonly description: string; readonly content?: Readonly<Record<string, Content>> }
    >
  >;
}

interface Parameter {
  readonly name: string;
  readonly in: string;
  readonly required?: boolean;
  readonly description?: string;
  readonly schema: Shape;
}

interface Content {
  readonly schema: Shape;
  readonly example?: unknown;
}

interface Shape {
  readonly $ref?: string;
  readonly type?: string | readonly string[];
  readonly enum?: readonly unknown[];
  readonly const?: unknown;
  readonly description?: string;
  readonly properties?: Readonly<Record<string, Shape>>;
  readonly required?: readonly string[];
  readonly items?: Shape;
  readonly additionalProperties?: Shape | boolean;
  readonly anyOf?: readonly Shape[];
  readonly allOf?: readonly Shape[];
  readonly minimum?: number;
  readonly maximum?: number;
  readonly minLength?: number;
  readonly maxLength?: number;
  readonly pattern?: string;
  readonly format?: string;
  readonly example?: unknown;
}

const STYLE = `
  :root { color-scheme: light dark; --line: #8883; --soft: #8881; --link: #0b62c4; }
  @media (prefers-color-scheme: dark) { :root { --link: #7ab4ff; } }
  body { font: 16px/1.55 system-ui, sans-serif; max-width: 62rem; margin: 2rem auto; }
  body { padding: 0 1rem; }
  h1 { font-size: 1.7rem; } h2 { margin: 2.2rem 0 .2rem; font-size: 1.25rem; }
  a { color: var(--link); }
  code, pre { font-family: ui-monospace, monospace; font-size: .88em; }
  pre { background: var(--soft); border: 1px solid var(--line); border-radius: 6px; }
  pre { padding: .7rem .9rem; overflow-x: auto; margin: .4rem 0 1rem; max-height: 26rem; }
  pre.copy { user-select: all; white-space: pre-wrap; overflow-wrap: anywhere; }
  table { border-collapse: collapse; width: 100%; margin: .3rem 0 1rem; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .6rem .3rem 0; }
  tr { border-bottom: 1px solid var(--line); }
  summary { cursor: pointer; padding: .4rem 0; overflow-wrap: anywhere; }
  summary:hover { background: var(--soft); }
  details { border-bottom: 1px solid var(--line); }
  details > div { padding: 0 0 1rem 1rem; }
  h3 { font-size: .85rem; margin: 1rem 0 .2rem; opacity: .75; }
  nav { display: flex; flex-wrap: wrap; gap: .2rem 1rem; margin: 1rem 0; }
  input { font: inherit; width: 100%; box-sizing: border-box; padding: .5rem .8rem; }
  input { border: 1px solid var(--line); border-radius: 6px; }
  .method { display: inline-block; min-width: 4.2rem; font: 600 .8rem ui-monospace, monospace; }
  .get { color: #1a7f37; } .post { color: #0b62c4; } .delete { color: #c1362b; }
  .patch, .put { color: #9a6700; }
  @media (prefers-color-scheme: dark) {
    .get { color: #5fce7d; } .post { color: #7ab4ff; } .delete { color: #ff8b80; }
    .patch, .put { color: #e3b341; }
  }
  .says { opacity: .75; }
  :target { background: #fc04; }
  [hidden] { display: none; }
`;

/** Shows the operations that have every word of the search, and opens the one in the address. */
export const SEARCH_SCRIPT = `
const search = document.getElementById('search');
const sections = [...document.querySelectorAll('section')];
const show = () => {
  const words = search.value.toLowerCase().split(/\\s+/).filter(Boolean);
  for (const section of sections) {
    let found = 0;
    for (const item of section.querySelectorAll('details')) {
      const text = item.textContent.toLowerCase();
      item.hidden = !words.every((word) => text.includes(word));
      found += item.hidden ? 0 : 1;
    }
    section.hidden = found === 0;
  }
};
search.addEventListener('input', show);
const open = () => {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
};
addEventListener('hashchange', open);
open();
`;

/** `/docs`. */
export function referencePage(document: ApiDocument): string {
  const { info, tags, components } = document;
  const sections = tags.map(({ name, description }) => {
    const operations = operationsOf(document, name).join('\n');
    const head = `<h2 id="${text(name)}">${text(name)}</h2><p>${text(description)}</p>`;
    return `<section>${head}${operations}</section>`;
  });
  const schemas = Object.entries(components.schemas).map(
    ([name, shape]) =>
      `<details id="schema-${text(name)}"><summary><code>${text(name)}</code></summary>` +
      `<div>${paragraph(shape.description)}${shapeTable(shape)}</div></details>`,
  );
  return page(
    `${info.title} ${info.version}`,
    `${paragraph(info.description)}
<p><a href="/openapi.json">OpenAPI 3.1 document</a> · <a href="/docs/errors">Error codes</a></p>
<input id="search" type="search" placeholder="Search: path, field, code ..." aria-label="Search">
<nav>${tags.map(({ name }) => `<a href="#${text(name)}">${text(name)}</a>`).join('')}
<a href="#schemas">Schemas</a></nav>
${sections.join('\n')}
<section><h2 id="schemas">Schemas</h2>
${schemas.join('\n')}</section>
<script>${SEARCH_SCRIPT}</script>`,
  );
}

/** `/docs/errors`: the anchors are the `type` of problem details. */
export function errorsPage(): string {
  const sections = errorSections.map(({ title, entries }) => {
    const rows = entries.map(
      (entry) =>
        `<tr id="${entry.code}"><td><code>${entry.code}</code></td><td>${entry.status}</td>` +
        `<td>${entry.retryable ? 'yes' : 'no'}</td><td>${text(entry.title)}</td>` +
        `<td>${prose(entry.help)}</td></tr>`,
    );
    return `<h2>${text(title)}</h2><table><tr><th>code</th><th>status</th><th>try again</th>
<th>meaning</th><th>what to do</th></tr>${rows.join('\n')}</table>`;
  });
  return page('Ringback errors', `<p><a href="/docs">API</a></p>${sections.join('\n')}`);
}

function page(title: string, body: string): string {
  return `<!doctype html>
<html lang="en"><head><meta charset="utf-8"><title>${text(title)}</title>
<meta name="viewport" content="width=device-width"><style>${STYLE}</style></head>
<body><h1>${text(title)}</h1>
${body}
</body></html>
`;
}

function operationsOf(document: ApiDocument, tag: string): string[] {
  return Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.entries(methods)
      .filter(([, operation]) => operation.tags.includes(tag))
      .map(([method, operation]) => operationBlock(path, method, operation)),
  );
}

function operationBlock(path: string, method: string, operation: Operation): string {
  const parameters = (operation.parameters ?? []).map(
    ({ name, in: place, required, description, schema }) =>
      `<tr><td><code>${text(name)}</code> (${text(place)})` +
      `${required === true ? ', required' : ''}</td><td>${shapeText(schema)}</td>` +
      `<td>${prose(description ?? schema.description ?? '')}</td></tr>`,
  );
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const body = bodies.map(({ schema }) => `<p>Body: ${shapeText(schema)}</p>`).join('');
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const shapes = Object.values(response.content ?? {}).map(({ schema }) => shapeText(schema));
    const meaning = prose(response.description);
    return `<tr><td>${text(status)}</td><td>${shapes.join(', ')}</td><td>${meaning}</td></tr>`;
  });
  return `<details id="${text(operation.operationId)}"><summary>
<span class="method ${method}">${method.toUpperCase()}</span> <code>${text(path)}</code>
<span class="says">${text(operation.summary)}</span></summary>
<div>${paragraph(operation.description)}${paragraph(permissionText(operation))}
${parameters.length === 0 ? '' : `<table>${parameters.join('\n')}</table>`}${body}
<table>${responses.join('\n')}</table>
<h3>Example</h3><pre class="copy">${text(curlOf(path, method, operation))}</pre>
${answerExample(operation)}</div></details>`;
}

function permissionText(operation: Operation): string | undefined {
  const permission = operation['x-permission'];
  return permission === undefined ? undefined : `Needs the permission \`${permission}\`.`;
}

function answerExample({ responses }: Operation): string {
  const found = ['200', '201'].flatMap((status) => {
    const example = responses[status]?.content?.['application/json']?.example;
    return example === undefined ? [] : [{ status, example }];
  });
  const blocks = found.map(
    ({ status, example }) =>
      `<h3>Answer ${status}</h3><pre>${text(JSON.stringify(example, null, 2))}</pre>`,
  );
  return blocks.join('\n');
}

function shapeTable(shape: Shape): string {
  const properties = Object.entries(shape.properties ?? {});
  if (properties.length === 0) return `<p>${shapeText(shape)}</p>`;
  const rows = properties.map(([name, inner]) => {
    const required = shape.required?.includes(name) === true ? ', required' : '';
    return (
      `<tr><td><code>${text(name)}</code>${required}</td><td>${shapeText(inner)}</td>` +
      `<td>${prose(inner.description ?? '')}</td></tr>`
    );
  });
  return `<table>${rows.join('\n')}</table>`;
}

/** A type in a few words: `integer 1 to 20`, a link to a named schema, `list of text`. */
function shapeText(shape: Shape): string {
  const ref = shape.$ref?.split('/').at(-1);
  if (ref !== undefined) return `<a href="#schema-${text(ref)}">${text(ref)}</a>`;
  const options = shape.anyOf ?? shape.allOf;
  if (options !== undefined) return options.map(shapeText).join(shape.anyOf ? ' or ' : ' and ');
  if (shape.enum !== undefined) return text(shape.enum.map(String).join(' | '));
  if (shape.const !== undefined) return text(JSON.stringify(shape.const));
  if (shape.items !== undefined) return `list of ${shapeText(shape.items)}`;
  if (typeof shape.additionalProperties === 'object') {
    return `names with ${shapeText(shape.additionalProperties)}`;
  }
  const type = typeof shape.type === 'string' ? shape.type : (shape.type ?? ['any']).join(' or ');
  const from = shape.minimum ?? shape.minLength;
  const to = shape.maximum ?? shape.maxLength;
  const range = from === undefined && to === undefined ? '' : ` ${from ?? ''} to ${to ?? ''}`;
  return text(`${type}${range}${shape.format === undefined ? '' : ` (${shape.format})`}`);
}

function paragraph(words: string | undefined): string {
  return words === undefined ? '' : `<p>${prose(words)}</p>`;
}

/** Prose with `code` in backticks. */
function prose(words: string): string {
  return text(words).replace(/`([^`]*)`/g, '<code>$1</code>');
}

function text(raw: string): string {
  return raw
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}

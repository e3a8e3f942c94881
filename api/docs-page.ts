// The API description as HTML: one page of routes and schemas, one of error codes. No scripts, no
// assets. PURE.
import { errorSections } from './errors.ts';

/** The parts of an OpenAPI 3.1 document that are shown. */
export interface ApiDocument {
  readonly info: { readonly title: string; readonly version: string; readonly description: string };
  readonly tags: readonly { readonly name: string; readonly description: string }[];
  readonly paths: Readonly<Record<string, Readonly<Record<string, Operation>>>>;
  readonly components: { readonly schemas: Readonly<Record<string, Shape>> };
}

interface Operation {
  readonly operationId: string;
  readonly summary: string;
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
  readonly schema: Shape;
}

interface Content {
  readonly schema: Shape;
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
}

const STYLE = `
  :root { color-scheme: light dark; }
  body { font: 16px/1.5 system-ui, sans-serif; max-width: 60rem; margin: 2rem auto; }
  body { padding: 0 1rem; }
  code { font-family: ui-monospace, monospace; }
  table { border-collapse: collapse; width: 100%; }
  th, td { text-align: left; vertical-align: top; padding: .3rem .6rem; }
  tr { border-bottom: 1px solid #8884; }
  summary { cursor: pointer; padding: .3rem 0; }
  details { border-bottom: 1px solid #8884; }
  details > div { padding: 0 0 1rem 1rem; }
  .method { display: inline-block; min-width: 4.5rem; font-weight: 600; }
  :target { background: #fc04; }
`;

/** `/docs`. */
export function referencePage(document: ApiDocument): string {
  const { info, tags, components } = document;
  const sections = tags.map(({ name, description }) => {
    const operations = operationsOf(document, name).join('\n');
    return `<h2 id="${text(name)}">${text(name)}</h2><p>${text(description)}</p>${operations}`;
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
${sections.join('\n')}
<h2 id="schemas">Schemas</h2>
${schemas.join('\n')}`,
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
    ({ name, in: place, required, schema }) =>
      `<tr><td><code>${text(name)}</code> (${text(place)})` +
      `${required === true ? ', required' : ''}</td><td>${shapeText(schema)}</td>` +
      `<td>${prose(schema.description ?? '')}</td></tr>`,
  );
  const bodies = Object.values(operation.requestBody?.content ?? {});
  const body = bodies.map(({ schema }) => `<p>Body: ${shapeText(schema)}</p>`).join('');
  const responses = Object.entries(operation.responses).map(([status, response]) => {
    const shapes = Object.values(response.content ?? {}).map(({ schema }) => shapeText(schema));
    const meaning = prose(response.description);
    return `<tr><td>${text(status)}</td><td>${shapes.join(', ')}</td><td>${meaning}</td></tr>`;
  });
  return `<details id="${text(operation.operationId)}"><summary>
<span class="method">${method.toUpperCase()}</span> <code>${text(path)}</code>
${text(operation.summary)}</summary>
<div>${paragraph(operation.description)}
${parameters.length === 0 ? '' : `<table>${parameters.join('\n')}</table>`}${body}
<table>${responses.join('\n')}</table></div></details>`;
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

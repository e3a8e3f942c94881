// docs/configuration.md, made from the schema so that it cannot be out of date. PURE.
import { allowedText, configJsonSchema, unwrap, type SchemaNode } from './allowed.ts';

const INTRODUCTION = `# Configuration

<!-- Made by \`node scripts/docs.ts\` from api/config/*.ts. Edit the descriptions there. -->

Ringback reads one YAML file; \`ringback.example.yaml\` is one to start from. Without a file every
value below is its default. Rules:

- An unknown key is refused. All faults of the file are reported at once, each with its line, its
  path, the value found and what is allowed.
- Secrets never stand in the file. A field that ends in \`Env\` names the environment variable that
  holds the secret; a variable that is not set stops the start.
- \`--print-config\` prints the configuration in force, with the names of secrets only.
- Units are part of the names: \`...Seconds\`, \`...Ms\`, \`...Bytes\`, \`...Dbov\`.
- A section without a line in it is as if it were not there.
`;

/** The whole page. */
export function configMarkdown(): string {
  return `${INTRODUCTION}\n${tables('', configJsonSchema, 'Top level').join('\n\n')}\n`;
}

/** A table for the fields of one object, followed by the tables of the sections inside it. */
function tables(path: string, node: SchemaNode, title: string): string[] {
  const properties = Object.entries(node.properties ?? {});
  const fields = properties.filter(([, field]) => sectionOf(field) === null);
  const rows = fields.map(([key, field]) => row(key, field, node.required?.includes(key) === true));
  const intro = node.description === undefined || path === '' ? [] : [node.description, ''];
  const table = [
    `## ${title}`,
    '',
    ...intro,
    '| field | default | allowed | meaning |',
    '| --- | --- | --- | --- |',
    ...rows,
  ].join('\n');
  const inner = properties.flatMap(([key, field]) => {
    const section = sectionOf(field);
    if (section === null) return [];
    const at = `${path === '' ? '' : `${path}.`}${key}${field.type === 'array' ? '[]' : ''}`;
    const described = field.description ?? '';
    const note = field.type === 'array' ? ` (${allowedText(field)})` : '';
    return tables(at, { ...section, description: `${described}${note}` }, `\`${at}\``);
  });
  return [table, ...inner];
}

/** The object that a field is, or is a list of; null for plain values. */
function sectionOf(field: SchemaNode): SchemaNode | null {
  if (field.properties !== undefined) return field;
  return field.items?.properties === undefined ? null : field.items;
}

function row(key: string, field: SchemaNode, required: boolean): string {
  const shown = required ? '(required)' : `\`${JSON.stringify(field.default)}\``;
  const cells = [`\`${key}\``, shown, mapText(field), field.description ?? ''];
  return `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
}

/** Maps say what their keys and values may be. */
function mapText(field: SchemaNode): string {
  const { node } = unwrap(field);
  if (node.type !== 'object' || typeof node.additionalProperties !== 'object') {
    return allowedText(field);
  }
  return `names, each with ${allowedText(node.additionalProperties)}`;
}
